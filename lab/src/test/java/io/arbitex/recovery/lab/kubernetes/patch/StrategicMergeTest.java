package io.arbitex.recovery.lab.kubernetes.patch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class StrategicMergeTest {
  private static JsonNode yaml(String text) {
    return Meta.JSON.valueToTree(new Yaml().load(text));
  }

  private static JsonNode merged(String target, String patch) {
    return StrategicMerge.apply(yaml(target), yaml(patch));
  }

  @Test
  void containersAndTheirVariablesAreMergedByName() {
    assertThat(
            merged(
                "{containers: [{name: a, image: x, env: [{name: A, value: '1'}]}, {name: b}]}",
                "{containers: [{name: a, env: [{name: B, value: '2'}]}]}"))
        .isEqualTo(
            yaml(
                "{containers: [{name: a, image: x, env: [{name: A, value: '1'}, {name: B, value:"
                    + " '2'}]}, {name: b}]}"));
  }

  @Test
  void elementsAreDeletedAndListsReplacedByDirective() {
    assertThat(merged("{env: [{name: A}, {name: B}]}", "{env: [{name: A, $patch: delete}]}"))
        .isEqualTo(yaml("{env: [{name: B}]}"));
    assertThat(merged("{env: [{name: A}]}", "{env: [{$patch: replace}, {name: C}]}"))
        .isEqualTo(yaml("{env: [{name: C}]}"));
  }

  @Test
  void mountsHaveTheirPathAsKeyAndPlainListsAreReplaced() {
    assertThat(
            merged(
                "{volumeMounts: [{mountPath: /a, name: x}], command: [a, b]}",
                "{volumeMounts: [{mountPath: /b, name: y}], command: [c]}"))
        .isEqualTo(
            yaml(
                "{volumeMounts: [{mountPath: /a, name: x}, {mountPath: /b, name: y}],"
                    + " command: [c]}"));
  }

  @Test
  void retainedKeysAndFinalizers() {
    assertThat(
            merged(
                "{strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}}",
                "{strategy: {$retainKeys: [type], type: Recreate}}"))
        .isEqualTo(yaml("{strategy: {type: Recreate}}"));
    assertThat(
            merged(
                "{metadata: {finalizers: [a, b]}}",
                "{metadata: {$deleteFromPrimitiveList/finalizers: [a]}}"))
        .isEqualTo(yaml("{metadata: {finalizers: [b]}}"));
    assertThat(merged("{metadata: {finalizers: [a]}}", "{metadata: {finalizers: [b]}}"))
        .isEqualTo(yaml("{metadata: {finalizers: [a, b]}}"));
  }

  @Test
  void anApplyRemovesWhatItsManagerNoLongerWants() {
    ObjectNode first =
        ServerSideApply.apply(
            yaml("{metadata: {name: d}, spec: {replicas: 3}}"),
            (ObjectNode)
                yaml("{spec: {paused: true, containers: [{name: a, image: x}, {name: b}]}}"),
            "m",
            "v1",
            "2026-01-01T00:00:00Z");
    ObjectNode second =
        ServerSideApply.apply(
            first,
            (ObjectNode) yaml("{spec: {containers: [{name: a, image: y}]}}"),
            "m",
            "v1",
            "2026-01-02T00:00:00Z");
    assertThat(second.path("spec"))
        .isEqualTo(yaml("{replicas: 3, containers: [{name: a, image: y}]}"));
    assertThat(second.at("/metadata/managedFields").findValuesAsText("manager"))
        .isEqualTo(List.of("m"));
  }
}
