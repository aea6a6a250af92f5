package io.arbitex.recovery.lab.azure.servers;

import java.math.BigDecimal;
import java.util.List;

/**
 * A parameter that a server knows.
 *
 * @param type Boolean, Enumeration, Integer, Numeric or String, as Azure names them
 * @param minimum of a number, else null
 * @param maximum of a number, else null
 * @param choices of an enumeration
 * @param preset what it is when nobody has set it, in the parameter's own unit
 * @param dynamic whether it takes effect without a restart
 * @param readOnly whether only the service sets it
 */
public record Parameter(
    String name,
    String type,
    String minimum,
    String maximum,
    List<String> choices,
    String preset,
    String description,
    boolean dynamic,
    boolean readOnly) {

  /** As Azure tells it: on,off or 1-100 or one,other; null when anything goes. */
  public String allowed() {
    return switch (type) {
      case "Boolean" -> "on,off";
      case "Enumeration" -> String.join(",", choices);
      case "Integer", "Numeric" -> minimum + "-" + maximum;
      default -> null;
    };
  }

  /** Whether a server would start with this value. */
  public boolean takes(String value) {
    return switch (type) {
      case "Boolean" -> value.equals("on") || value.equals("off");
      case "Enumeration" -> choices.contains(value);
      case "Integer" -> value.matches("-?\\d+") && isInRange(value);
      case "Numeric" -> value.matches("-?\\d+(\\.\\d+)?") && isInRange(value);
      default -> value.indexOf('\n') < 0;
    };
  }

  private boolean isInRange(String value) {
    BigDecimal number = new BigDecimal(value);
    return number.compareTo(new BigDecimal(minimum)) >= 0
        && number.compareTo(new BigDecimal(maximum)) <= 0;
  }
}
