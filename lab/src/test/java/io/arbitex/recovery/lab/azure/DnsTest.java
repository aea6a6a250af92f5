package io.arbitex.recovery.lab.azure;

import static io.arbitex.recovery.lab.azure.EmptyAzure.GROUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.management.exception.ManagementException;
import com.azure.core.util.Context;
import com.azure.resourcemanager.dns.fluent.RecordSetsClient;
import com.azure.resourcemanager.dns.fluent.ZonesClient;
import com.azure.resourcemanager.dns.fluent.models.RecordSetInner;
import com.azure.resourcemanager.dns.models.ARecord;
import com.azure.resourcemanager.dns.models.CnameRecord;
import com.azure.resourcemanager.dns.models.RecordType;
import com.azure.resourcemanager.dns.models.TxtRecord;
import com.azure.resourcemanager.privatedns.PrivateDnsZoneManager;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import io.arbitex.recovery.lab.azure.dns.Zone;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Record sets of public and private zones by Azure's client libraries. */
class DnsTest {
  private static final String ZONE = "dr.example.com";
  private static final String INNER = "int.example.com";

  private static EmptyAzure azure;
  private static RecordSetsClient records;

  @BeforeAll
  static void start() throws Exception {
    azure =
        new EmptyAzure(
            new Inventory(
                Map.of(),
                List.of(
                    new Zone(false, GROUP, ZONE),
                    new Zone(true, GROUP, INNER),
                    new Zone(false, "rg-dr", INNER)),
                null,
                null,
                List.of(),
                null));
    records = AzureClients.dns(azure.address()).serviceClient().getRecordSets();
  }

  @AfterAll
  static void end() throws Exception {
    azure.close();
  }

  private static RecordSetInner cname(String target) {
    return new RecordSetInner().withTtl(30L).withCnameRecord(new CnameRecord().withCname(target));
  }

  private static RecordSetInner put(String name, RecordSetInner set, String match, String none) {
    return records
        .createOrUpdateWithResponse(
            GROUP, ZONE, name, RecordType.CNAME, set, match, none, Context.NONE)
        .getValue();
  }

  private static void assertRefused(ThrowingCallable call, int status, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ManagementException.class,
            e -> {
              assertThat(e.getResponse().getStatusCode()).isEqualTo(status);
              assertThat(e.getValue().getCode()).isEqualTo(code);
            });
  }

  @Test
  void whoHasNotSeenTheLastChangeCannotChange() {
    RecordSetInner first = put("db", cname("pg-prod.example.net"), null, "*");
    assertRefused(() -> put("db", cname("other"), null, "*"), 412, "PreconditionFailed");

    RecordSetInner second =
        put(
            "db",
            cname("pg-dr.example.net").withMetadata(Map.of("before", "pg-prod.example.net")),
            first.etag(),
            null);

    assertThat(second.etag()).isNotEqualTo(first.etag());
    assertRefused(() -> put("db", cname("other"), first.etag(), null), 412, "PreconditionFailed");
    assertRefused(
        () ->
            records.deleteWithResponse(
                GROUP, ZONE, "db", RecordType.CNAME, first.etag(), Context.NONE),
        412,
        "PreconditionFailed");
    RecordSetInner now = records.get(GROUP, ZONE, "DB", RecordType.CNAME);
    assertThat(now.cnameRecord().cname()).isEqualTo("pg-dr.example.net");
    assertThat(now.ttl()).isEqualTo(30);
    assertThat(now.fqdn()).isEqualTo("db.dr.example.com.");
    assertThat(now.metadata()).containsEntry("before", "pg-prod.example.net");

    records.deleteWithResponse(GROUP, ZONE, "db", RecordType.CNAME, now.etag(), Context.NONE);
    assertRefused(() -> records.get(GROUP, ZONE, "db", RecordType.CNAME), 404, "ResourceNotFound");
    records.delete(GROUP, ZONE, "db", RecordType.CNAME);
  }

  @Test
  void whatAChangeDoesNotNameStays() {
    records.createOrUpdate(
        GROUP,
        ZONE,
        "web",
        RecordType.A,
        new RecordSetInner()
            .withTtl(300L)
            .withMetadata(Map.of("owner", "shop"))
            .withARecords(
                List.of(
                    new ARecord().withIpv4Address("10.0.0.1"),
                    new ARecord().withIpv4Address("10.0.0.2"))));
    records.createOrUpdate(
        GROUP,
        ZONE,
        "web",
        RecordType.TXT,
        new RecordSetInner()
            .withTtl(60L)
            .withTxtRecords(List.of(new TxtRecord().withValue(List.of("v=1", "more")))));

    records.update(GROUP, ZONE, "web", RecordType.A, new RecordSetInner().withTtl(20L));

    RecordSetInner now = records.get(GROUP, ZONE, "web", RecordType.A);
    assertThat(now.ttl()).isEqualTo(20);
    assertThat(now.aRecords())
        .extracting(ARecord::ipv4Address)
        .containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(now.metadata()).containsEntry("owner", "shop");
    assertThat(records.listByType(GROUP, ZONE, RecordType.TXT))
        .singleElement()
        .satisfies(
            set -> assertThat(set.txtRecords().get(0).value()).containsExactly("v=1", "more"));
    assertThat(records.listByDnsZone(GROUP, ZONE)).extracting(RecordSetInner::name).contains("web");
    assertRefused(() -> put("web", cname("elsewhere"), null, null), 409, "Conflict");
    assertRefused(
        () ->
            records.createOrUpdate(
                GROUP,
                ZONE,
                "bad",
                RecordType.A,
                new RecordSetInner()
                    .withTtl(1L)
                    .withARecords(List.of(new ARecord().withIpv4Address("10.0.0.256")))),
        400,
        "BadRequest");
  }

  @Test
  void aPrivateZoneHidesThePublicOneAndNamesAreFollowedToAnAddress() throws Exception {
    PrivateDnsZoneManager inner = AzureClients.privateDns(azure.address());
    var client = inner.serviceClient().getRecordSets();
    var type = com.azure.resourcemanager.privatedns.models.RecordType.CNAME;
    var made =
        client.createOrUpdate(
            GROUP,
            INNER,
            type,
            "db",
            new com.azure.resourcemanager.privatedns.fluent.models.RecordSetInner()
                .withTtl(30L)
                .withMetadata(Map.of("before", "old"))
                .withCnameRecord(
                    new com.azure.resourcemanager.privatedns.models.CnameRecord()
                        .withCname("hop." + ZONE)));
    records.createOrUpdate(
        GROUP,
        ZONE,
        "hop",
        RecordType.A,
        new RecordSetInner()
            .withTtl(5L)
            .withARecords(List.of(new ARecord().withIpv4Address("127.3.77.9"))));

    assertThat(client.get(GROUP, INNER, type, "db").etag()).isEqualTo(made.etag());
    assertThat(client.list(GROUP, INNER)).hasSize(1);
    assertThat(inner.serviceClient().getPrivateZones().list())
        .extracting(each -> each.name())
        .containsExactly(INNER);
    var found = azure.control().resolve("db." + INNER);
    assertThat(found.names()).containsExactly("db." + INNER, "hop." + ZONE);
    assertThat(found.addresses()).containsExactly("127.3.77.9");
    assertThat(found.ttl()).isEqualTo(5);
    assertThatThrownBy(() -> azure.control().resolve("nobody." + INNER))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no such name");
    assertThatThrownBy(() -> azure.control().resolve("db." + INNER + "?view=public"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void zonesAreThoseOfTheStart() throws Exception {
    ZonesClient zones = AzureClients.dns(azure.address()).serviceClient().getZones();
    assertThat(zones.list()).extracting(each -> each.name()).containsExactly(ZONE, INNER);
    assertThat(zones.getByResourceGroup(GROUP, ZONE).zoneType()).hasToString("Public");
    assertRefused(() -> zones.getByResourceGroup(GROUP, INNER), 404, "ResourceNotFound");
    assertRefused(
        () -> records.get(GROUP, "none.example.com", "a", RecordType.A),
        404,
        "ParentResourceNotFound");
    azure.control().add(Misbehaviour.of("PUT", "dnsZones/CNAME", Misbehaviour.How.FORBIDDEN, 1));
    assertRefused(() -> put("x", cname("y"), null, null), 403, "AuthorizationFailed");
  }
}
