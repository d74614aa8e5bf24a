import type { Request } from 'express';

/**
 * Whether a form came from one of this server's own pages: by `Sec-Fetch-Site`, which every current browser sends and
 * no page can forge, else by `Origin`. What sends neither is no browser and carries nobody's sign-in along. So no
 * token and no cookie is needed.
 */
export function isSameOrigin(request: Request, publicUrl: string): boolean {
  const site = request.get('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.get('Origin');
  return origin === undefined || origin === publicUrl;
}
