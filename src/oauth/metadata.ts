/** Authorization server metadata (RFC 8414 2): what is supported, and nothing that is not. */
export function describeAuthorizationServer(issuer: string, hasKeys: boolean) {
  const clientAuthentication = ['client_secret_basic', 'client_secret_post'];
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    token_endpoint_auth_methods_supported: clientAuthentication,
    introspection_endpoint: `${issuer}/introspect`,
    introspection_endpoint_auth_methods_supported: clientAuthentication,
    revocation_endpoint: `${issuer}/revoke`,
    revocation_endpoint_auth_methods_supported: clientAuthentication,
    userinfo_endpoint: `${issuer}/userinfo`,
    ...(hasKeys && { jwks_uri: `${issuer}${keySetPath}` }),
    response_types_supported: ['code', 'token'],
    response_modes_supported: ['query', 'fragment'],
    grant_types_supported: ['authorization_code', 'implicit', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
  };
}

export const keySetPath = '/.well-known/jwks.json';
