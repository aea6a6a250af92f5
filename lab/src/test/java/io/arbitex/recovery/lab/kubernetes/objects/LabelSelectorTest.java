package io.arbitex.recovery.lab.kubernetes.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelSelectorTest {
  private final ObjectNode object = Meta.JSON.createObjectNode();

  LabelSelectorTest() {
    object.withObject("/metadata/labels").put("app", "x").put("tier", "front");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "app=x | true",
        "app==x,tier=front | true",
        "app=x,tier=back | false",
        "app!=x | false",
        "missing!=x | true",
        "app in (x, y) | true",
        "app in (y) | false",
        "app notin (y,z),tier | true",
        "missing notin (y) | true",
        "!missing | true",
        "!app | false",
        "missing | false",
        "example.org/name in (a) | false",
      })
  void choosesAsKubernetesDoes(String selector, boolean matches) {
    assertThat(LabelSelector.parse(selector).test(object)).isEqualTo(matches);
  }

  @Test
  void whatIsNoSelectorIsRefused() {
    assertThatThrownBy(() -> LabelSelector.parse("a in b"))
        .isInstanceOfSatisfying(ApiFailure.class, e -> assertThat(e.code()).isEqualTo(400));
  }

  @Test
  void aMissingSelectorOfAWorkloadTakesNothing() {
    assertThat(LabelSelector.of(Meta.JSON.createObjectNode().path("selector")).test(object))
        .isFalse();
  }
}
