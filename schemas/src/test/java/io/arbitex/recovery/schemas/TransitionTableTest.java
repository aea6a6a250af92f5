package io.arbitex.recovery.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TransitionTableTest {
  private enum Door {
    OPEN,
    SHUT,
    GONE
  }

  private enum Hand {
    PUSH,
    PULL,
    BURN
  }

  private final TransitionTable<Door, Hand> table =
      TransitionTable.<Door, Hand>named("Door", Door.SHUT)
          .on(Door.SHUT, Hand.PULL, Door.OPEN)
          .on(Door.OPEN, Hand.PUSH, Door.SHUT)
          .on(Door.OPEN, Hand.BURN, Door.GONE);

  @Test
  void anIllegalTransitionTellsTheHistory() {
    assertThat(table.next(Door.SHUT, Hand.PULL, List.of())).isEqualTo(Door.OPEN);
    assertThatThrownBy(() -> table.next(Door.SHUT, Hand.BURN, List.of("SHUT", "OPEN", "SHUT")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Door: no transition from SHUT on BURN; history: SHUT > OPEN > SHUT");
  }

  @Test
  void theDiagramShowsEveryRowAndTheEnds() {
    assertThat(table.diagram())
        .contains("[*] --> SHUT", "SHUT --> OPEN : PULL", "OPEN --> GONE : BURN", "GONE --> [*]");
    assertThat(table.isEnd(Door.GONE)).isTrue();
  }

  @Test
  void aRowCannotBeThereTwice() {
    assertThatThrownBy(() -> table.on(Door.OPEN, Hand.BURN, Door.SHUT))
        .hasMessageContaining("is there twice");
  }
}
