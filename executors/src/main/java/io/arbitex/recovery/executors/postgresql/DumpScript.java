package io.arbitex.recovery.executors.postgresql;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What must be known of a dump's statements before and after they ran. */
record DumpScript(String text) {
  private static final Pattern GRANTEE =
      Pattern.compile(
          "^(?:GRANT|REVOKE|ALTER DEFAULT PRIVILEGES)\\b.*\\b(?:TO|FROM)"
              + " (\"(?:[^\"]|\"\")+\"|[a-z_][a-z0-9_$]*)(?: WITH GRANT OPTION)?;$",
          Pattern.MULTILINE);
  private static final Pattern NOT_VALID = Pattern.compile(" NOT VALID;$", Pattern.MULTILINE);

  /** Roles that must be there, else the grants of the dump fail. */
  Set<String> grantees() {
    Set<String> roles = new TreeSet<>();
    Matcher matcher = GRANTEE.matcher(text);
    while (matcher.find()) {
      String role = matcher.group(1);
      if (role.startsWith("\"")) {
        role = role.substring(1, role.length() - 1).replace("\"\"", "\"");
      } else if (role.equals("PUBLIC")) {
        continue;
      }
      roles.add(role);
    }
    return roles;
  }

  /** Constraints that were not validated in the source either. */
  long unvalidated() {
    return NOT_VALID.matcher(text).results().count();
  }
}
