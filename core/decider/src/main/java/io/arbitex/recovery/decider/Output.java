package io.arbitex.recovery.decider;

import io.arbitex.recovery.schemas.Topic;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * A record to publish.
 *
 * @param id the record's own id, unique for ever: made of platform, decision and place in it
 */
public record Output(Topic topic, String key, String id, SpecificRecordBase value) {}
