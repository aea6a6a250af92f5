/** The lab's command line; the world that it starts is in the packages below. */
package io.arbitex.recovery.lab;
