/*
 * node-fetch and not the global fetch: it goes through Node's `http` and `https`, which VS Code patches
 * on every version for `http.proxy`, `http.proxyStrictSSL` and the system's certificates.
 */
export { default as fetch, type Response } from 'node-fetch';
