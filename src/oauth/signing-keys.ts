import type { KeyObject } from 'node:crypto';

/** A public key as it is published (RFC 7517 4). */
export type PublicJwk = { readonly kid: string; readonly use: 'sig' } & (
  | {
      readonly kty: 'EC';
      readonly alg: 'ES256';
      readonly crv: 'P-256';
      readonly x: string;
      readonly y: string;
    }
  | { readonly kty: 'RSA'; readonly alg: 'RS256'; readonly n: string; readonly e: string }
);

/** The key that signs, and all that verify: it and those that may have signed before or will later. */
export interface SigningKeys {
  readonly signing: {
    readonly kid: string;
    readonly alg: PublicJwk['alg'];
    readonly privateKey: KeyObject;
  };
  readonly published: readonly PublicJwk[];
}
