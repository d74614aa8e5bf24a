import type { KeyObject } from 'node:crypto';

/** A public key as it is published (RFC 7517 4), for ES256. */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'ES256';
}

/** The key that signs, and all that verify: it and those that may have signed before or will later. */
export interface SigningKeys {
  readonly signing: { readonly kid: string; readonly privateKey: KeyObject };
  readonly published: readonly PublicJwk[];
}
