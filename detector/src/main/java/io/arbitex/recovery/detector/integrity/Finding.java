package io.arbitex.recovery.detector.integrity;

import io.arbitex.recovery.record.Symptom;

/**
 * What is wrong with the data of a database that answers.
 *
 * @param symptom CORRUPT or DATA_MISSING
 * @param detail in one line, without secrets
 */
public record Finding(Symptom symptom, String detail) {}
