package io.arbitex.recovery.executors.salvage;

/**
 * A file of events that is whole.
 *
 * @param file its name in the folder
 * @param firstId 0 where there is no event, as is {@code lastId}
 * @param firstCreatedAt as the server wrote it, in UTC; empty where there is none
 * @param sha256 of the file, in lower-case hex
 * @param rightHmacs how many of the events have an HMAC that their own content gives
 */
public record WrittenEvents(
    String file,
    long count,
    long firstId,
    long lastId,
    String firstCreatedAt,
    String lastCreatedAt,
    String sha256,
    long rightHmacs) {}
