/** Why something that was asked over the network gave no answer. */
package io.arbitex.recovery.detector.network;
