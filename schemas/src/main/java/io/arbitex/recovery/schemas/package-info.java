/**
 * The contract on the wire: which topic carries which record under which schema id, and how a
 * record becomes bytes. Confluent framing with ids fixed here, so that no registry is asked at run
 * time.
 */
package io.arbitex.recovery.schemas;
