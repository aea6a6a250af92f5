package io.arbitex.recovery.lab.azure.protection;

/**
 * What a job that ended has left out.
 *
 * @param code as Azure's documents name it
 * @param resource what it is about
 */
public record Warning(String code, String resource, String message) {}
