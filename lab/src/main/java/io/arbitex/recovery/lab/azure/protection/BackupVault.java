package io.arbitex.recovery.lab.azure.protection;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A backup vault.
 *
 * @param tags as they were ordered
 * @param identity as it was ordered
 * @param properties as they were ordered
 */
public record BackupVault(
    String resourceGroup,
    String name,
    String location,
    JsonNode tags,
    JsonNode identity,
    JsonNode properties) {}
