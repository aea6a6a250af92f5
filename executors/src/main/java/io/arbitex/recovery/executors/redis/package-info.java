/**
 * Redis (runbook, section 4). {@code redis.rdb}, {@code redis.aof} and {@code redis.cold} prepare
 * beside what is there, in a folder of their own on the volume of the living Redis, and prove it
 * with a throw-away server in a pod of our own. {@code cutover.redis} stops Redis, puts the old
 * data aside and the proven in its place, and starts it, which is the point of no return. Where the
 * volume is gone, the same is prepared in a folder of that pod's own, and the cutover makes the
 * claim anew first.
 */
package io.arbitex.recovery.executors.redis;
