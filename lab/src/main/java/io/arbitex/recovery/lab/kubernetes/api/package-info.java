/**
 * The API server: paths and verbs over HTTPS, watches over HTTP and WebSocket, logs and exec, what
 * kubectl asks to find its way (discovery, tables, OpenAPI), and misbehaviour on demand.
 */
package io.arbitex.recovery.lab.kubernetes.api;
