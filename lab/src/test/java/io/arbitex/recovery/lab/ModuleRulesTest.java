package io.arbitex.recovery.lab;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which module may use which (design, section 2). */
class ModuleRulesTest {
  private static final String ROOT = "io.arbitex.recovery.";
  private static final List<String> SERVICES =
      List.of("detector", "classifier", "executors", "verifier", "backup", "console");
  private static final List<String> CORE =
      List.of("schemas", "configuration", "alerts", "decider", "engine", "checks", "runtime");
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.arbitex.recovery");

  private static String in(String module) {
    return ROOT + module + "..";
  }

  private static String[] all(List<String> modules) {
    return modules.stream().map(ModuleRulesTest::in).toArray(String[]::new);
  }

  @Test
  void noServiceUsesAnotherService() {
    for (String service : SERVICES) {
      List<String> others = SERVICES.stream().filter(other -> !other.equals(service)).toList();
      noClasses()
          .that()
          .resideInAPackage(in(service))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(all(others))
          .because("services share topics only")
          .allowEmptyShould(true)
          .check(CLASSES);
    }
  }

  @Test
  void nothingUsesTheLabAndTheCoreUsesNoService() {
    noClasses()
        .that()
        .resideOutsideOfPackages(in("lab"), in("benchmarks"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(in("lab"))
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(all(CORE))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(all(SERVICES))
        .check(CLASSES);
  }

  @Test
  void theDeciderIsPure() {
    noClasses()
        .that()
        .resideInAPackage(in("decider"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", "java.net..", "java.sql..", in("runtime"))
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Files.class, Thread.class)
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .because("the same code runs live, in the simulator and in a replay")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void theEngineKnowsNoKafkaAndTheLabsPlatformKnowsNoRecovery() {
    noClasses()
        .that()
        .resideInAPackage(in("engine"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..", in("runtime"))
        .allowEmptyShould(true)
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(in("lab.platform"), in("lab.traffic"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(all(CORE))
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage(all(SERVICES))
        .check(CLASSES);
  }
}
