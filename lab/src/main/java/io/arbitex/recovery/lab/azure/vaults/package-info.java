/** Key vaults: secrets, their versions, and what was deleted and can still be recovered. */
package io.arbitex.recovery.lab.azure.vaults;
