/** The request that the skill then gets when the person opens it: the token is in both places. */
export function skillRequest(accessToken: string, timestamp: string): object {
  const application = { applicationId: 'amzn1.ask.skill.simulated' };
  const user = { userId: 'amzn1.ask.account.SIMULATED', accessToken };
  return {
    version: '1.0',
    session: { new: true, sessionId: 'amzn1.echo-api.session.simulated', application, user },
    context: { System: { application, user, apiEndpoint: 'https://api.amazonalexa.com' } },
    request: {
      type: 'LaunchRequest',
      requestId: 'amzn1.echo-api.request.simulated',
      timestamp,
      locale: 'en-US',
    },
  };
}
