/** Files that are written whole or not at all, so that a kill leaves the old or the new. */
package io.arbitex.recovery.lab.azure.state;
