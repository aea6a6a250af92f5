package io.arbitex.recovery.lab.azure.vaults;

/**
 * Where a vault is found; its address lasts as its name does.
 *
 * @param port on 127.0.0.1
 */
public record VaultPort(String name, int port) {}
