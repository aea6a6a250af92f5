/**
 * Looks at the platform's public health addresses as its customers find them. What the answers mean
 * together is decided apart from how they are asked for.
 */
package io.arbitex.recovery.detector.endpoints;
