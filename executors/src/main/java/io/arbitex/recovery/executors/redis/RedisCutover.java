package io.arbitex.recovery.executors.redis;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.schemas.Facts;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * {@code cutover.redis}: see the package. A staging outlives a cutover that failed, so that it can
 * be tried again; the restore's own clean-up or a person takes it away.
 */
public final class RedisCutover {
  public static final String NAME = "cutover.redis";

  private RedisCutover() {}

  /**
   * @param bound the component's newest known binding
   */
  public static Procedure of(RedisTarget target, Supplier<Optional<Bound>> bound) {
    return Procedure.named(NAME)
        .action(new CheckCutover(target, bound))
        .action(new RecheckRedis(target))
        .action(StopRedis.withoutVolume(target))
        .action(new RenewClaim(target))
        .action(new OpenWorkPod(target, context -> Staging.givenTo(target, context)))
        .action(new CheckNewVolume(target))
        .action(StageRdb.again(target))
        .action(ProveStaged.again(target))
        .action(new CheckStaging(target))
        .action(StopRedis.of(target))
        .action(new PlaceData(target))
        .pointOfNoReturn(new StartRedis(target))
        .action(new AwaitRedis(target))
        .action(new ProveRedis(target))
        .action(new ReleaseRedis(target))
        .onFailure(new PutBackData(target))
        .onFailure(new RemoveWorkPod(target, "remove-work-pod", context -> given(target, context)))
        .onFailure(new GiveClaimBack(target))
        .onFailure(new RestartRedis(target))
        .publishing((command, facts, at) -> binding(target, command, facts, at))
        .build();
  }

  private static Optional<Staging> given(RedisTarget target, ActionContext context) {
    return context.fact(RedisFacts.STAGING_ID).map(id -> Staging.onVolume(target, id));
  }

  private static Binding binding(
      RedisTarget target, StepCommand command, Map<String, String> facts, Instant at) {
    Map<String, String> bound = new LinkedHashMap<>();
    bound.put("host", target.redis().host());
    bound.put("port", Integer.toString(target.redis().port()));
    bound.put(RedisFacts.KEYS, facts.getOrDefault(RedisFacts.KEYS, ""));
    bound.put(RedisFacts.OLD_DATA, facts.getOrDefault(RedisFacts.OLD_DATA, ""));
    return Binding.newBuilder()
        .setPlatform(command.getPlatform())
        .setComponent(command.getComponent())
        .setResource(facts.get(RedisFacts.SOURCE_RESOURCE))
        .setEpoch(Long.parseLong(facts.get(RedisFacts.EPOCH)))
        .setFacts(Facts.of(bound))
        .setIncidentId(command.getIncidentId())
        .setCommandId(command.getCommandId())
        .setAt(at)
        .build();
  }
}
