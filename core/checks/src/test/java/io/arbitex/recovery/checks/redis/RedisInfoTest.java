package io.arbitex.recovery.checks.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.Symptom;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisInfoTest {
  private static final String INFO =
      """
      # Server\r
      run_id:abc\r
      # Persistence\r
      loading:0\r
      rdb_last_bgsave_status:ok\r
      aof_last_write_status:err\r
      expired_keys:3\r
      evicted_keys:4\r
      maxmemory_human:0B\r
      # Keyspace\r
      db0:keys=10,expires=2,avg_ttl=0\r
      db15:keys=5,expires=0,avg_ttl=0\r
      """;

  @Test
  void keysOfAllDatabasesAreCounted() {
    RedisInfo info = RedisInfo.parse(INFO);
    assertThat(info.keys()).isEqualTo(15);
    assertThat(info.runId()).isEqualTo("abc");
    assertThat(info.goneByThemselves()).isEqualTo(7);
    assertThat(info.number("maxmemory_human")).isEmpty();
    assertThat(info.persistenceFailure())
        .hasValueSatisfying(why -> assertThat(why).contains("AOF"));
  }

  @Test
  void anEmptyAnswerHasNothing() {
    RedisInfo info = RedisInfo.parse("");
    assertThat(info.keys()).isZero();
    assertThat(info.persistenceFailure()).isEqualTo(Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LOADING Redis is loading the dataset in memory|STARTING",
        "MISCONF Redis is configured to save RDB snapshots, but …|WRITES_REFUSED",
        "OOM command not allowed when used memory > 'maxmemory'.|WRITES_REFUSED",
        "NOREPLICAS Not enough good replicas to write.|WRITES_REFUSED",
        "READONLY You can't write against a read only replica.|READ_ONLY",
        "NOAUTH Authentication required.|AUTHENTICATION",
        "WRONGPASS invalid username-password pair or user is disabled.|AUTHENTICATION",
        "NOPERM this user has no permissions to run the 'set' command|AUTHENTICATION",
        "ERR max number of clients reached|TOO_MANY_CONNECTIONS",
        "BUSY Redis is busy running a script.|HUNG",
        "ERR something new|UNCLASSIFIED"
      })
  void notEveryErrorIsADisaster(String reply, Symptom symptom) {
    assertThat(RedisErrors.ofReply(reply).symptom()).isEqualTo(symptom);
  }
}
