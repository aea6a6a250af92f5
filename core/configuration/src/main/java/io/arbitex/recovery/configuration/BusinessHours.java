package io.arbitex.recovery.configuration;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * When people are told of what can wait (runbook, escalation of P2: next business day).
 *
 * @param from first moment of a business day, in the zone's time
 * @param to first moment after it
 */
public record BusinessHours(
    ZoneId zone, LocalTime from, LocalTime to, List<DayOfWeek> days, Set<LocalDate> holidays) {
  private static final List<DayOfWeek> WEEK =
      List.of(
          DayOfWeek.MONDAY,
          DayOfWeek.TUESDAY,
          DayOfWeek.WEDNESDAY,
          DayOfWeek.THURSDAY,
          DayOfWeek.FRIDAY);

  /**
   * The first moment from {@code now} on that lies in business hours; {@code now} itself if it
   * does.
   */
  public Instant next(Instant now) {
    ZonedDateTime local = now.atZone(zone);
    LocalDate day = local.toLocalDate();
    if (isBusinessDay(day) && local.toLocalTime().isBefore(to)) {
      return local.toLocalTime().isBefore(from) ? begin(day) : now;
    }
    do {
      day = day.plusDays(1);
    } while (!isBusinessDay(day));
    return begin(day);
  }

  private Instant begin(LocalDate day) {
    return ZonedDateTime.of(day, from, zone).toInstant();
  }

  private boolean isBusinessDay(LocalDate day) {
    return days.contains(day.getDayOfWeek()) && !holidays.contains(day);
  }

  static BusinessHours of(Section section) {
    BusinessHours hours =
        new BusinessHours(
            zone(section),
            time(section, "from", LocalTime.of(9, 0)),
            time(section, "to", LocalTime.of(17, 0)),
            section.several("days", DayOfWeek.class, WEEK),
            holidays(section));
    if (!hours.from().isBefore(hours.to())) {
      section.problem("to", "must be after 'from'");
    }
    if (hours.days().isEmpty()) {
      section.problem("days", "must name at least one day");
    }
    section.close();
    return hours;
  }

  private static ZoneId zone(Section section) {
    String zone = section.text("zone", "UTC");
    try {
      return ZoneId.of(zone);
    } catch (DateTimeException e) {
      section.problem("zone", "'" + zone + "' is no time zone, such as Europe/Berlin or UTC");
      return ZoneId.of("UTC");
    }
  }

  private static LocalTime time(Section section, String field, LocalTime otherwise) {
    String time = section.text(field, otherwise.toString());
    try {
      return LocalTime.parse(time);
    } catch (DateTimeParseException e) {
      section.problem(field, "is '" + time + "', allowed: a time of the day such as \"09:00\"");
      return otherwise;
    }
  }

  private static Set<LocalDate> holidays(Section section) {
    List<LocalDate> days = new ArrayList<>();
    for (String day : section.texts("holidays")) {
      try {
        days.add(LocalDate.parse(day));
      } catch (DateTimeParseException e) {
        section.problem("holidays", "'" + day + "' is no day such as 2026-12-25");
      }
    }
    return new TreeSet<>(days);
  }
}
