/**
 * Starts and ends the lab's world: broker, PostgreSQL servers, platform, traffic, network and the
 * built services, each a process of its own with normal configuration files. Everything lies in one
 * folder; {@code state.json} in it names every address and process.
 */
package io.arbitex.recovery.lab.world;
