/**
 * Corruption without an outage: a database that answers and takes writes, and whose data is not
 * what it was. Each round looks at what came since the last one; now and then, beside the probe,
 * everything is proven, and the moment of it is signed as a checkpoint.
 */
package io.arbitex.recovery.detector.integrity;
