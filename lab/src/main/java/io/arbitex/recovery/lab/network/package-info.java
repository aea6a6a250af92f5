/**
 * The lab's network, in a process of its own: a path for each observer to each server, which can be
 * cut; a witness that an observer asks whether its own network works; and a receiver for messages
 * to people.
 */
package io.arbitex.recovery.lab.network;
