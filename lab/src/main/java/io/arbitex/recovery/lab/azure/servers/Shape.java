package io.arbitex.recovery.lab.azure.servers;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Map;

/**
 * What a customer ordered. Only told back: the lab gives no server more than another.
 *
 * @param location such as westeurope
 * @param sku name and tier
 * @param version major, of the PostgreSQL on this machine
 * @param retentionDays of backups; the lab keeps all
 * @param zone of availability; null for any
 */
@JsonIgnoreProperties(ignoreUnknown = false)
public record Shape(
    String location,
    Map<String, String> tags,
    Map<String, String> sku,
    String version,
    String administrator,
    int storageGb,
    int retentionDays,
    String zone) {

  Shape withTags(Map<String, String> tags) {
    return new Shape(location, tags, sku, version, administrator, storageGb, retentionDays, zone);
  }
}
