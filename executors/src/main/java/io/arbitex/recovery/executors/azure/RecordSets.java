package io.arbitex.recovery.executors.azure;

import com.azure.core.util.Context;
import com.azure.resourcemanager.dns.DnsZoneManager;
import com.azure.resourcemanager.dns.fluent.models.RecordSetInner;
import com.azure.resourcemanager.dns.models.ARecord;
import com.azure.resourcemanager.dns.models.CnameRecord;
import com.azure.resourcemanager.dns.models.RecordType;
import com.azure.resourcemanager.privatedns.PrivateDnsZoneManager;
import io.arbitex.recovery.configuration.DnsRecord;
import io.arbitex.recovery.engine.ActionFailure;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The record set of one name, in a public or a private zone; changed only as it was read. */
public final class RecordSets {
  private static final int NOT_FOUND = 404;
  private static final int CHANGED = 412;

  private final AzureAccess access;
  private final DnsRecord place;

  public RecordSets(AzureAccess access, DnsRecord place) {
    this.access = access;
    this.place = place;
  }

  /**
   * A set as it was read.
   *
   * @param address whether it is of type A, else CNAME
   * @param values what it names
   * @param ttl in seconds
   */
  public record Found(
      boolean address, List<String> values, long ttl, Map<String, String> metadata, String etag) {
    public Found {
      values = List.copyOf(values);
      metadata = Map.copyOf(metadata);
    }

    /** The same set, changed. */
    public Found with(List<String> others, long seconds, Map<String, String> notes) {
      return new Found(address, others, seconds, notes, etag);
    }
  }

  /**
   * Reads it.
   *
   * @param address whether the one of type A, else CNAME
   * @return empty when there is none, or no such zone
   * @throws ActionFailure when Azure does not say
   */
  public Optional<Found> find(boolean address) throws ActionFailure, InterruptedException {
    try {
      return Optional.of(place.hidden() ? findHidden(address) : findPublic(address));
    } catch (RuntimeException e) {
      if (AzureErrors.status(e) == NOT_FOUND) {
        return Optional.empty();
      }
      throw AzureErrors.of("read the DNS record " + place.fullName(), e);
    }
  }

  /**
   * Changes it, unless somebody else has changed it since it was read.
   *
   * @return false when somebody has
   * @throws ActionFailure when Azure refuses or does not say
   */
  public boolean replace(Found changed) throws ActionFailure, InterruptedException {
    Runnable request = place.hidden() ? () -> replaceHidden(changed) : () -> replacePublic(changed);
    try {
      request.run();
      return true;
    } catch (RuntimeException e) {
      if (AzureErrors.status(e) == CHANGED) {
        return false;
      }
      throw AzureErrors.of("change the DNS record " + place.fullName(), e);
    }
  }

  private Found findPublic(boolean address) {
    RecordSetInner set =
        publicClient()
            .get(
                place.resourceGroup(),
                place.zone(),
                place.record(),
                address ? RecordType.A : RecordType.CNAME);
    List<String> values =
        address
            ? set.aRecords().stream().map(ARecord::ipv4Address).toList()
            : List.of(set.cnameRecord().cname());
    return new Found(address, values, set.ttl(), orNone(set.metadata()), set.etag());
  }

  private void replacePublic(Found changed) {
    RecordSetInner set =
        new RecordSetInner().withTtl(changed.ttl()).withMetadata(changed.metadata());
    if (changed.address()) {
      set.withARecords(
          changed.values().stream().map(each -> new ARecord().withIpv4Address(each)).toList());
    } else {
      set.withCnameRecord(new CnameRecord().withCname(changed.values().get(0)));
    }
    publicClient()
        .createOrUpdateWithResponse(
            place.resourceGroup(),
            place.zone(),
            place.record(),
            changed.address() ? RecordType.A : RecordType.CNAME,
            set,
            changed.etag(),
            null,
            Context.NONE);
  }

  private Found findHidden(boolean address) {
    var set =
        hiddenClient()
            .get(place.resourceGroup(), place.zone(), hiddenType(address), place.record());
    List<String> values =
        address
            ? set.aRecords().stream().map(each -> each.ipv4Address()).toList()
            : List.of(set.cnameRecord().cname());
    return new Found(address, values, set.ttl(), orNone(set.metadata()), set.etag());
  }

  private void replaceHidden(Found changed) {
    var set =
        new com.azure.resourcemanager.privatedns.fluent.models.RecordSetInner()
            .withTtl(changed.ttl())
            .withMetadata(changed.metadata());
    if (changed.address()) {
      set.withARecords(
          changed.values().stream()
              .map(
                  each ->
                      new com.azure.resourcemanager.privatedns.models.ARecord()
                          .withIpv4Address(each))
              .toList());
    } else {
      set.withCnameRecord(
          new com.azure.resourcemanager.privatedns.models.CnameRecord()
              .withCname(changed.values().get(0)));
    }
    hiddenClient()
        .createOrUpdateWithResponse(
            place.resourceGroup(),
            place.zone(),
            hiddenType(changed.address()),
            place.record(),
            set,
            changed.etag(),
            null,
            Context.NONE);
  }

  private static com.azure.resourcemanager.privatedns.models.RecordType hiddenType(
      boolean address) {
    return address
        ? com.azure.resourcemanager.privatedns.models.RecordType.A
        : com.azure.resourcemanager.privatedns.models.RecordType.CNAME;
  }

  private com.azure.resourcemanager.dns.fluent.RecordSetsClient publicClient() {
    return DnsZoneManager.authenticate(access.pipeline(), access.profile())
        .serviceClient()
        .getRecordSets();
  }

  private com.azure.resourcemanager.privatedns.fluent.RecordSetsClient hiddenClient() {
    return PrivateDnsZoneManager.authenticate(access.pipeline(), access.profile())
        .serviceClient()
        .getRecordSets();
  }

  private static Map<String, String> orNone(Map<String, String> metadata) {
    return metadata == null ? Map.of() : metadata;
  }
}
