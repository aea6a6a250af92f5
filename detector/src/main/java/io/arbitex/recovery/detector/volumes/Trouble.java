package io.arbitex.recovery.detector.volumes;

import java.time.Instant;

/**
 * What the cluster says of a pod that cannot mount a volume.
 *
 * @param since when it said so for the first time
 */
record Trouble(String text, Instant since) {}
