/**
 * Password hashes that the original software made of a password that is known, each named with it: run here where there
 * was a package of it, else from its own published tests.
 */
export const vectors: readonly {
  readonly software: string;
  readonly password: string;
  readonly stored: string;
  readonly pepper?: string;
}[] = [
  {
    software: 'WordPress 6.8.7',
    password: 'correct horse',
    stored: '$wp$2y$04$ev6RfBAcQAP3qamviSPXluHjhW87WUTNF9/h.d4r8MpLU2V2DbDi6',
  },
  {
    software: 'WordPress 6.8.7',
    password: 'pässwörd ☃',
    stored: '$wp$2y$04$UcNVqSDTpGQ2/sG4yYGNleowfVbbfMgT3N.skB/RtIkC3zgb0czv.',
  },
  {
    software: 'WordPress 6.8.7',
    password: 'correct horse',
    stored: '$wp$2y$10$Y0zw5hp8Ji7vjtcxOsv6Eut2kZuL/ibcwwN2AWJjsODL5VaTje9Gq',
  },
  {
    software: 'WordPress 6.8.7',
    password: 'pässwörd ☃',
    stored: '$wp$2y$10$3MljkGMnC/dWpCSn9QoMTOcmivpp85z3CIBU495P3Snw2V.ni1XwO',
  },
  {
    software: 'WordPress 6.8.7',
    password: 'correct horse',
    stored: '$wp$2y$10$eyEnPD228eZ2wxMKSujxSeWVWqo50fMkY.Ruiyi4D/54UF387dViy',
  },
  {
    software: 'WordPress 6.8.7',
    password: 'it\\\'s \\"quoted\\"',
    stored: '$wp$2y$10$xsPZtjJ42VKMsaRvtsIzbeTFL2BDrWevVUTHqSnQeVb/o69VkhUwa',
  },
  { software: 'WordPress 6.8.7', password: 'correct horse', stored: '$P$B3o94QwL/uTTok1lohBew2P0Iq.K9j1' },
  { software: 'WordPress 6.8.7', password: 'pässwörd ☃', stored: '$P$BhtNREgyaekcRDnIQv4zmiwTTT5fYU.' },
  { software: 'WordPress 6.8.7', password: 'correct horse', stored: '$P$7kdF/uWx5tziK/Ku4NLyRmcqze6dwr0' },
  { software: 'WordPress 6.8.7', password: 'pässwörd ☃', stored: '$P$7fgxFL2..EpcwfEvOIDnfSK4vVmbVY1' },
  {
    software: 'Drupal, PasswordVerifyTest',
    password: 'valid password',
    stored: '$S$5TOxWPdvJRs0P/xZBdrrPlGgzViOS0drHu3jaIjitesfttrp18bk',
  },
  {
    software: 'Drupal, PhpassHashedPassword',
    password: 'correct horse',
    stored: '$S$5TzQenBwKGI.delun5JdZNma7vNrHqUm/Hy/zkpNNF/We/Fb3R7/',
  },
  {
    software: 'Drupal, PhpassHashedPassword',
    password: 'pässwörd ☃',
    stored: '$S$5xm6HFsTQr7wU7vMEFccFn7x6yeLelvpTsopRmSsgtM7nXiLt9k2',
  },
  {
    software: 'Drupal, PhpassHashedPassword',
    password: 'correct horse',
    stored: '$S$DvcrzB5GCswcqg2LqC3OucqtmWsAXx5pUrmqGHUK7yKb8HUZWuUN',
  },
  {
    software: 'Drupal, PhpassHashedPassword',
    password: 'pässwörd ☃',
    stored: '$S$DOs6pDvUwq08dsQH4Q7FCJYq7VnFnFbsBV1.UKAlUcvO4mfBsWAq',
  },
  {
    software: 'Drupal, PhpassHashedPassword',
    password: 'correct horse',
    stored: '$S$Ea7xEIfjr1RCdTzZfRZ1KjD8TFRLsCS0zDhqs.BnHPaWBxtSkavW',
  },
  {
    software: 'Django 3.2.25',
    password: 'correct horse',
    stored: 'pbkdf2_sha256$1000$A1UbEE0aYWXtLvCsOTWTu6$l+WGpkjbIKVV/Q9Y6NTgNI0Wsv40AcFsx35SwgwlAdg=',
  },
  {
    software: 'Django 3.2.25',
    password: 'pässwörd ☃',
    stored: 'pbkdf2_sha256$1000$ZEiOlCWHMICRB1uFYzqlmd$sbQUZSlKo/tAJqm5G4oXuqGOAAuT5StcY84zCdM5eRg=',
  },
  {
    software: 'Django 3.2.25',
    password: 'correct horse',
    stored: 'pbkdf2_sha256$260000$LFJ5aEUzHAsPG9ZBs4RZ3H$Ibv4Cg3uL572SBm76kfLSd3aPjJoPjtUwNV9HkcXD3M=',
  },
  {
    software: 'Django 3.2.25',
    password: ' correct horse ',
    stored: 'pbkdf2_sha256$1000$B7tzEZaJo8KQYm0d4R2dTL$ZsUuP1K8AgG5HbnTkyCndObsRfcBtQnkoHyCgwOrGF0=',
  },
  {
    software: 'Django 3.2.25',
    password: 'pässwörd',
    stored: 'pbkdf2_sha256$1000$YdJ2pVMcPbD6kPoIZq1yCo$EiwKsPuGZZuVvAyUEvV6GcheyvqnbJEwCon56tkWuCI=',
  },
  {
    software: 'Django 4.2.28',
    password: 'correct horse',
    stored: 'pbkdf2_sha256$1000$dPAel4Jd05uWMUUaQXXsIs$iHuaiEZdBPWbIjywWeBT3/VfXTXtY6oaLO0ObbVlXIg=',
  },
  {
    software: 'Django 3.2.25',
    password: 'correct horse',
    stored: 'pbkdf2_sha1$1000$1w9kCvDPsvtpUyO20Zicvk$ggY7kQWMKugQBjwbEK1zpU15UJI=',
  },
  {
    software: 'Django 3.2.25',
    password: 'pässwörd ☃',
    stored: 'pbkdf2_sha1$1000$AnSnEWhwvE7j7j0CzAc75Q$bbv8LJWd7xi2kc4azS4R20/jLQo=',
  },
  {
    software: 'Django 3.2.25',
    password: 'correct horse',
    stored: 'pbkdf2_sha1$260000$ZTBYpD7hSflG4sXPEUYYdv$fnp/qZS5wdqLZ517GW7lbBUmTrE=',
  },
  {
    software: 'Django 4.2.28',
    password: 'correct horse',
    stored: 'pbkdf2_sha1$1000$tUM3zK41JYsKH96EWDKbw7$Q4VjQrONZS+yoJ04P5awPgI9ALo=',
  },
  {
    software: 'Django 4.2.28',
    password: 'pässwörd ☃',
    stored: 'pbkdf2_sha1$1000$OFY1qV1cC1agkuYyhK8pGd$BzR8mpdB5wCN3/yRST2wiaENEE0=',
  },
  {
    software: 'Django 4.2.28',
    password: 'correct horse',
    stored: 'pbkdf2_sha1$600000$xSszgo3CRUQIyzBivwkZ9R$XNEP8mPWOPD6BKtsCu6P19hkB+M=',
  },
  {
    software: 'Django 3.2.25',
    password: 'correct horse',
    stored: 'bcrypt_sha256$$2b$04$PfLMKmUaQOjXcMrAvlaojOFL3F5gjyVG/6X/xL2MP2icVIm6ach66',
  },
  {
    software: 'Django 3.2.25',
    password: 'pässwörd ☃',
    stored: 'bcrypt_sha256$$2b$04$KOy8qEzxGjsd3OQnN192M.5qmO9xydPanjBdL5IiCn1FTvMOrf0He',
  },
  {
    software: 'Django 4.2.28',
    password: 'correct horse',
    stored: 'bcrypt_sha256$$2b$04$RL0q7o6F3CT6BD2ttwMKyeQ.zRX6OOnFAQ9rOk0jZGLrRCC7w6/wi',
  },
  {
    software: 'Django 4.2.28',
    password: 'pässwörd ☃',
    stored: 'bcrypt_sha256$$2b$04$K/x1zMaDwHG8acKi0MSXb.Ik9q34IJCg5Y4AqJTFDbHmEO3zAigIi',
  },
  {
    software: 'Django 3.2.25',
    password: 'correct horse',
    stored: 'bcrypt$$2b$04$22kZ6EfiivczxNFSBug27OxDCk0pHSUVNQPdW8YfnrPW4W8eCX1ZG',
  },
  {
    software: 'Django 3.2.25',
    password: 'pässwörd ☃',
    stored: 'bcrypt$$2b$04$tgZB7bYRujNCbqnAV3KMROmzihBRlV2N6.hdItd6m3dia.77Kpp0W',
  },
  {
    software: 'Django 4.2.28',
    password: 'correct horse',
    stored: 'bcrypt$$2b$04$If3NhJoFhglNd/REscIUZ.X4EUrlt.ZmqJK/H6zFp29UhCl3RqZ1W',
  },
  {
    software: 'Django 4.2.28',
    password: 'pässwörd ☃',
    stored: 'bcrypt$$2b$04$Yhcsl4bADSOCMXP27vGPQ.1cyydzdWr8KIBxb6GQ6wHxgasMloqI.',
  },
  {
    software: 'Django 3.2.25',
    password: 'correct horse',
    stored: 'argon2$argon2id$v=19$m=1024,t=1,p=2$V0hlcVNCTndUWXFjRTh3cGxaRndtNg$TVQCyNafJS1a3ZsZB41d4Q',
  },
  {
    software: 'Django 3.2.25',
    password: 'pässwörd ☃',
    stored: 'argon2$argon2id$v=19$m=1024,t=1,p=2$clNGSlpiUFBnbDN2RThneHhtRk5sVw$nBZ0TWsgPOk6VolCb93jQg',
  },
  {
    software: 'Django 4.2.28',
    password: 'correct horse',
    stored: 'argon2$argon2id$v=19$m=1024,t=1,p=2$Umo1RjFkUFFwMGhGTFJQcHdFVENGaw$dabe53RimAlNKzy3P6O5CA',
  },
  {
    software: 'Django 4.2.28',
    password: 'pässwörd ☃',
    stored: 'argon2$argon2id$v=19$m=1024,t=1,p=2$RTFPWnVENVRrUFl2ZkdsZTVsVE9iMA$DDbqd1likjE2EjM6P2J3lA',
  },
  {
    software: 'Django 4.2.28',
    password: 'correct horse',
    stored:
      'scrypt$1024$N4Q625FcLB9RDJvbgqjkR9$8$1$fN4qLWy9cVOmEQb509BIYAAhXPhUlhh0TcBVtEnqg2tEZt5yR3pVNt8L/NtPPwSJeSZ2fGDoF1BortutEyBehw==',
  },
  {
    software: 'Django 4.2.28',
    password: 'pässwörd ☃',
    stored:
      'scrypt$1024$v4V2neGxot7yxGiC0ZOxvN$8$1$4hzAAJM4y2IOT9h/s2KqUH2TRiO91aLkIJPmCcam6VE94s9aODMYdEWrudLMyO1uBqaVDqqheLdrCfHjnaFNkQ==',
  },
  {
    software: 'Django 4.2.28',
    password: 'correct horse',
    stored:
      'scrypt$16384$Cyu4TehEMEMxScMJB08d32$8$1$n8GoxMxpo/HgoHsjzaNbZPdMnCPTjukl4/uenQvYuO2O2dPZqBUCUvmOLk3v3Je/h13ikFytVUEj45YfzAZkSg==',
  },
  {
    software: 'Werkzeug 3.1.3',
    password: 'correct horse',
    stored:
      'pbkdf2:sha256:1000$63ZRVIHMpguzEGJs$f4c950279a055eb05fccf6c11a69201142cdd6b4951f5ca659301d0297e1be88',
  },
  {
    software: 'Werkzeug 3.1.3',
    password: 'pässwörd ☃',
    stored:
      'pbkdf2:sha256:1000$V583MtNl9JJf81Na$c40014f641b7010c5852f0d8faa8537d9ea625ff7cb09e9776508ef3e6a6348c',
  },
  {
    software: 'Werkzeug 3.1.3',
    password: 'correct horse',
    stored:
      'pbkdf2:sha512:1000$o1posELKRVz5SS5n$45a10e70f38754fa398766d81ff83477e40d034ddc8c8393c4ae56b563ddcd4b1d7fe61258b1174268bb4da05ada51bdc1dade6abbc3d703838ba496b5782ca0',
  },
  {
    software: 'Werkzeug 3.1.3',
    password: 'pässwörd ☃',
    stored:
      'pbkdf2:sha512:1000$bah26MebUYGSmWPq$75ba83600234cd827ba6df992a8ed350b33a3659830782ad1bccc3b5532c4c3bc0e586ef98aa6424eead4043adc0209fb040d3b44734bcf7f3b2018d8291ff48',
  },
  {
    software: 'Werkzeug 3.1.3',
    password: 'correct horse',
    stored: 'pbkdf2:sha1:1000$DfN6RTeYjLuSUr3j$3089d89b3328661e3ebd57667b1c1faa377fdae4',
  },
  {
    software: 'Werkzeug 3.1.3',
    password: 'pässwörd ☃',
    stored: 'pbkdf2:sha1:1000$0TVUKBRPx41ADH1C$2843a47a824a02f009e3c2fa16c45f5a00827903',
  },
  {
    software: 'Werkzeug 3.1.3',
    password: 'correct horse',
    stored:
      'scrypt:1024:8:1$nhMcNqSUb3xgIeU5$f336f3664ddb79c8ef071555e7247b9b996e28005c95df0b928ec2d3948bdb09e347da60061708e397a814258706dc9e2328c217bdd8cb713758f74a3f414eb2',
  },
  {
    software: 'Werkzeug 3.1.3',
    password: 'pässwörd ☃',
    stored:
      'scrypt:1024:8:1$ud4Jl27dllU3kH0W$f00b71391024a599ee79bf302c4973f9c9b978b44c407670d6429b10fd912dd0be8b82ac8076735b775fd24e76c2fd609d8c9abef04509cfc7537c10cda68fb8',
  },
  {
    software: 'Werkzeug 3.1.3',
    password: 'correct horse',
    stored:
      'scrypt:32768:8:1$X2omqXSjGO2dv0Aj$0b74fcece048a98a651cbc16d33fa74151ef6d62750919cee2203332b183160e3450cde8647802da4944d6ccdc7bc9ea648b8e71bd1919847c9966a10bc73146',
  },
  {
    software: 'Werkzeug 3.1.3',
    password: 'pässwörd ☃',
    stored:
      'scrypt:32768:8:1$xxGqNVf0uMMkWQoG$acfa4f95fe36706ea78392e198b5e457bcb06ea7dd36c0922cd9ac0568ff7fe2fc9a9de9eb80f7cd3478227de7b84e52d417eb1f903ba4988ea7f8ba9db51e16',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'correct horse',
    stored: '$pbkdf2-sha256$1000$aU3JGcNYS.m9V4qRsta69w$5z99DhT4J5bFg8x.mmXidK61XGHo.5YBWNjtEQ5q1N0',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'pässwörd ☃',
    stored: '$pbkdf2-sha256$1000$wriX0jrn3DvnfE.JsZbS2g$Dt2Zjm85JxNoopR4P0DUxIw1T3YJVtB6teeuQDdhUcA',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'correct horse',
    stored:
      '$pbkdf2-sha512$1000$AIBwbk0JofS.dy6F0Pq/tw$ycvJAe2yDp68PjU4tsfah2cGcAo9nlMojT2S9jGiiux4/B7AdBXQeBCxyOfvRgYP8o8mDS7eZxJaGEncUGQiDQ',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'pässwörd ☃',
    stored:
      '$pbkdf2-sha512$1000$A0BozfkfIwRgrJUSAoCQMg$2OnsjnX/0znZ6b9hdPO3HA2srWagZwOCq7ufni0T4hIWA6rzucd32EOflVJn9/xY9zYCzasipbXNWdqm4AU5Rg',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'correct horse',
    stored: '$pbkdf2$1000$/T/HeG/tfS/lXMsZI6Q0xg$4tpXW1azKtpRbNJy6FdXBY2Q1R4',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'pässwörd ☃',
    stored: '$pbkdf2$1000$7l0rRSgFAIAQojSmtFbqXQ$ARLG6L6OFo6ywU3pK3bHoUaAwMg',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'correct horse',
    stored: '$scrypt$ln=10,r=8,p=1$u3dujbE2xjgH4Ny7t9Y6Jw$oj8yDSW+wEmvVj30KIjrruE903MVKneYE0dGruXKI8o',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'pässwörd ☃',
    stored: '$scrypt$ln=10,r=8,p=1$BuCcMwagVAoBYIyRMgZg7A$5k2ukMiG6HT+SvwO4dGTK4MZb7dI7L2Wg1Lmb9WEmw8',
  },
  {
    software: 'ASP.NET Core, PasswordHasherTest',
    password: 'my password',
    stored: 'AQAAAAAAAAD6AAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M',
  },
  {
    software: 'ASP.NET Core, PasswordHasherTest',
    password: 'my password',
    stored:
      'AQAAAAEAA9CQAAAAIESkQuj2Du8Y+kbc5lcN/W/3NiAZFEm11P27nrSN5/tId+bR1SwV8CO1Jd72r4C08OLvplNlCDc3oQZ8efcW+jQ=',
  },
  {
    software: 'ASP.NET Core, PasswordHasherTest',
    password: 'my password',
    stored: 'AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw==',
  },
  {
    software: 'ASP.NET Core, PasswordHasherTest',
    password: 'my password',
    stored: 'AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw',
  },
  {
    software: 'ASP.NET Core, PasswordHasherTest',
    password: 'my password',
    stored:
      'AQAAAAIAAAD6AAAAIJbVi5wbMR+htSfFp8fTw8N8GOS/Sje+S/4YZcgBfU7EQuqv4OkVYmc4VJl9AGZzmRTxSkP7LtVi9IWyUxX8IAAfZ8v+ZfhjCcudtC1YERSqE1OEdXLW9VukPuJWBBjLuw==',
  },
  {
    software: 'ASP.NET Core, PasswordHasherTest',
    password: 'my password',
    stored: 'AQAAAAIAACcQAAAAEAABAgMEBQYHCAkKCwwNDg9B0Oxwty+PGIDSp95gcCfzeDvA4sGapUIUov8usXfD6A==',
  },
  {
    software: 'Firebase, README of firebase/scrypt',
    password: 'user1password',
    stored:
      '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
  },
  {
    software: 'Supabase Auth, TestFirebaseScrypt',
    password: 'mytestpassword',
    stored:
      '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=ou9tdYTGyYm8kuR6Dt0Bp0kDuAYoXrK16mbZO4yGwAn3oLspjnN0/c41v8xZnO1n14J3MjKj1b2g6AUCAlFwMw==$C0sHCg9ek77hsg==$zKVTMvnWVw5BBOZNUdnsalx4c4c7y/w7IS5p6Ut2+CfEFFlz37J9huyQfov4iizN8dbjvEJlM5tQaJP84+hfTw==',
  },
  {
    software: 'Supabase Auth, firebaseScrypt',
    password: 'correct horse',
    stored:
      '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$ZKICzw/aMHw8vdjGxgsJzoU1Y63uykdiPEEVnt50NNfmdvLO6km/CMVwKr/d6tK9Px7we7sL5mhO3XjodX2HlA==',
  },
  {
    software: 'Supabase Auth, firebaseScrypt',
    password: 'pässwörd ☃',
    stored:
      '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$z5B8LVzMG8JS7hxxOAQ3alFDQ3zxFJUXmQz4NPUFOfBK9YJE6mb1pJg3cr+NBgyGpxBveXqOIWqDCRMghHQOcw==',
  },
  {
    software: 'Devise 4.8.1',
    password: 'correct horse',
    stored: '$2a$05$g79qU9uPEYetuH/oV1cDHu8eqWphh6xIXRXTGIsCebrWfW786TE9O',
  },
  {
    software: 'Devise 4.8.1',
    password: 'pässwörd ☃',
    stored: '$2a$05$3xL7BsDomswPpOxnRb5WoOWjnmcjDAxu7SWO/NAO6kcchhr1fM3Q6',
  },
  {
    software: 'Devise 4.8.1',
    password: 'correct horse',
    stored: '$2a$05$/fn.80EbrTZvS8HYd3PbHOMixo7lrlF8n33AxwmGSJCOh9lNj37pO',
  },
  {
    software: 'Devise 4.8.1',
    password: 'correct horse',
    stored: '$2a$05$20KkUXKRQlqDse8W5Ru7dOIEcc0UtgaOt6wtw0kJzNjgGWPcicwri',
    pepper: 'pepper of the app',
  },
  {
    software: 'Devise 4.8.1',
    password: 'pässwörd ☃',
    stored: '$2a$05$NvD15S5cQNR7h693aGbChe49HN0zy1H604kFIS/t9MSmvzEMDQHIq',
    pepper: 'pepper of the app',
  },
  {
    software: 'Devise 4.8.1',
    password: 'correct horse',
    stored: '$2a$12$wQhCkEcBhJ9/aY1E6vR4uOV0OvNyHw7nDfFwEtlN/zSbN5zXqVefO',
    pepper: 'pepper of the app',
  },
  {
    software: 'WordPress 6.8.7',
    password: 'pässwörd ☃',
    stored: '$2y$04$Bax2s7rCdJwNMgPIAHY4iurE4NlG0r3kW44X1SLh2D1HziuckHJTm',
  },
  {
    software: 'Supabase Auth, TestFirebaseScrypt',
    password: 'test',
    stored: '$2y$04$mIJxfrCaEI3GukZe11CiXublhEFanu5.ododkll1WphfSp6pn4zIu',
  },
  {
    software: 'Apache htpasswd 2.4.71',
    password: 'correct horse',
    stored: '$2y$04$REGJFmZJUXH7Tx8NWPxmbejHG8ZmTifmqJ950bk3eUNvEog67TJ9a',
  },
  {
    software: 'Apache htpasswd 2.4.71',
    password: 'pässwörd ☃',
    stored: '$2y$04$XlrQvYep7U4FHAgLZyHrge.vXvjm6.yofwNhYuK/5p0JvT8gp22n2',
  },
  {
    software: 'PHP 8.2.36',
    password: 'correct horse',
    stored: '$2y$04$sanwoF8YTdWRvYuUraghvePSv23RN0fve8xuTDPHTvE61xeU4uqqq',
  },
  {
    software: 'PHP 8.2.36',
    password: 'pässwörd ☃',
    stored: '$2y$04$xwiKP.h7eCOUHJ406Zu.k.oQ.Tdsb5ixQJ32mWqE6U/crsIYtpRZS',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'correct horse',
    stored: '$2b$04$3YYXh7O3Mm56EtV28kRVyean.qNyHMhJXU6KT4hmrkFPQPbMC.6fG',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'pässwörd ☃',
    stored: '$2b$04$jcJML2CcNuO3zgpclVkyAOEf4nWxKbPK.0AOrGWA/UaaO31JmlZQS',
  },
  {
    software: 'mkpasswd 5.5.17',
    password: 'correct horse',
    stored: '$2b$05$Lw3VRT1lMbxhAs6BS6vfbuqXmVkK4qaysrjQ8E7BNqIfAsYfdH/uy',
  },
  {
    software: 'mkpasswd 5.5.17',
    password: 'pässwörd ☃',
    stored: '$2b$05$D1zwTljREPIPnSSUK3h6/.1rD6.vdQ1qLIobDbU8I3Lmpra1TEp3a',
  },
  {
    software: 'python-bcrypt 3.2.2',
    password: 'correct horse',
    stored: '$2b$04$UTfQ15bZjunOHCWRJHWc9.H/Qub7F79I5st.yBGQUKZ1xi6SUKyDq',
  },
  {
    software: 'python-bcrypt 3.2.2',
    password: 'pässwörd ☃',
    stored: '$2b$04$8iFdRBqP2XQxou7jCZ3SQ.M3qGloqlXffW944.njwlOzYo1qcElYG',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'pässwörd ☃',
    stored: '$2a$04$ir4cqMp.bQ7.XczDVeZ5s.04em1u0hpxd./0.M14A3XzRl43hNLWG',
  },
  {
    software: 'mkpasswd 5.5.17',
    password: 'correct horse',
    stored: '$2a$05$tyJ4yV7t/4rcYh/GIZ6ed.LIcdctTlOQd6ACgZYCC86AUA/jwupdy',
  },
  {
    software: 'mkpasswd 5.5.17',
    password: 'pässwörd ☃',
    stored: '$2a$05$xqJvsF.Cr8eWbQjJI1rkx.FLoM0yP2IdGhNPKhydyBQjkPCvLXtyy',
  },
  {
    software: 'ruby-bcrypt 3.1.18',
    password: 'correct horse',
    stored: '$2a$04$yE3eNgngBDmv2ZplXXeyY.ZmWHja3vDPLWMx3BG1zZtcb4oYI75ai',
  },
  {
    software: 'ruby-bcrypt 3.1.18',
    password: 'pässwörd ☃',
    stored: '$2a$04$tChIw5zQYWraZdzU6yZEwuOc6/Yjx4DgB3n0ZJQrnAQ1Hr3r9jglC',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'correct horse',
    stored: '$argon2id$v=19$m=1024,t=1,p=1$UwrBmBNirPV+T2kNoXROaQ$xjl4XOiemeyak0s1EPuV0g',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'pässwörd ☃',
    stored: '$argon2id$v=19$m=1024,t=1,p=1$0TonBGCstba2ljJG6D1nbA$fpQoSsPO8eif+7zjgoMLGg',
  },
  {
    software: 'Supabase Auth, TestFirebaseScrypt',
    password: 'test',
    stored: '$argon2id$v=19$m=32,t=3,p=2$SFVpOWJ0eXhjRzVkdGN1RQ$RXnb8rh7LaDcn07xsssqqulZYXOM/EUCEFMVcAcyYVk',
  },
  {
    software: 'PHP 8.2.36',
    password: 'correct horse',
    stored:
      '$argon2id$v=19$m=1024,t=1,p=1$V0UxZkYxWk5LNkIuNElLNw$jtH0vmoDI8j4SGEZFio2cod5glCgaNBTkVGzjpYd0dY',
  },
  {
    software: 'PHP 8.2.36',
    password: 'pässwörd ☃',
    stored:
      '$argon2id$v=19$m=1024,t=1,p=1$Lm9UWWFKUHpVZ1lyMzN6WQ$4xNFbVaBzq7vztXvfIEPNW68c0Yr/x6Eal36qS22ugk',
  },
  {
    software: 'argon2-cffi 21.1.0',
    password: 'correct horse',
    stored: '$argon2id$v=19$m=1024,t=1,p=1$EcPnC8w3FfW+uEtS+7MF2A$JNDHOJ5VZ2v4w87sjaHMbQ',
  },
  {
    software: 'Supabase Auth, TestFirebaseScrypt',
    password: 'test',
    stored: '$argon2i$v=19$m=16,t=2,p=1$bGJRWThNOHJJTVBSdHl2dQ$NfEnUOuUpb7F2fQkgFUG4g',
  },
  {
    software: 'PHP 8.2.36',
    password: 'correct horse',
    stored: '$argon2i$v=19$m=1024,t=1,p=1$VkNRaDdwQlNtOVNycVVTLg$VUzRuueXwPb4VpkqKTL7KUqWCHtaQ4VHXBIXgNwjXto',
  },
  {
    software: 'PHP 8.2.36',
    password: 'pässwörd ☃',
    stored: '$argon2i$v=19$m=1024,t=1,p=1$bkRQSDBVMkhwZ3pCNWtiNg$36ql/eAd+TxKfC5j0yvMmQayVOLtGAEzoPQHlt7nhuY',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'correct horse',
    stored: '$5$rounds=1000$U8pLVSf7eYMsdV3b$uBQngHXUJ1HKrwHVrcYz9bA2/jJ1XvRUCku0piF4qgB',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'pässwörd ☃',
    stored: '$5$rounds=1000$WH21zRLHe4y6Z3Wn$7XzYLnB5mdmH9vwIXlraCJGiYD1gwobeYbTcxC.Eo3C',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'correct horse',
    stored: '$5$CCHrcG/0iXpp96jP$.L.6.AmhP2d0NPdcnUhHaOi/bvrL5xPJX/Ek4owovJA',
  },
  {
    software: 'mkpasswd 5.5.17',
    password: 'correct horse',
    stored: '$5$ZJQV6.h25x0zwpKO$9lv6TkiIo/GlAK8M6lMrHyDX6bPrX770cCi0VoMkk4.',
  },
  {
    software: 'mkpasswd 5.5.17',
    password: 'pässwörd ☃',
    stored: '$5$xnuH7FfZiIecUS0a$XU5h8WlRDVzqFOHllV4AqSrgm6kPkB8Xa3dduMMfYuD',
  },
  {
    software: 'mkpasswd 5.5.17',
    password: 'correct horse',
    stored: '$5$rounds=1000$b4t.mFOz6S9YLb8S$vN5EzzK2f6P7Gt0g.wZHJVk7zKtxaEx3rjQ21SOJJV1',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'correct horse',
    stored:
      '$6$rounds=1000$Gq518vc7BRx5VyAb$VfnTnHWqR5oJG1RZyS7ghB3Qx2rl4NPNakd3enXUdTuOz52lId2qT5kSle/9ZNBo4kSmLFNAhbQhvIhXxrcOk1',
  },
  {
    software: 'Passlib 1.7.4',
    password: 'pässwörd ☃',
    stored:
      '$6$rounds=1000$ZAWJrNNE.6gOaASj$9sNieFrCoi.JEI3yi2mmYvnjhND7M3NMpyFCHjH4A9fSyzEN8AUyJnME6ScCZ0l809FP7s8qQXnKf2cBHGOuF1',
  },
  {
    software: 'mkpasswd 5.5.17',
    password: 'correct horse',
    stored:
      '$6$X2xYKTI0/WbEkEgY$A4Ix7eryC/Kzv79Yk2SpwWhcjyQB3FmH4H.Cj/.XOpk8k/JxUJYXkkxDScno0yTAo0bqGMghmWqDrzKI4mJ46/',
  },
  {
    software: 'mkpasswd 5.5.17',
    password: 'pässwörd ☃',
    stored:
      '$6$Sswb2EZUV44/3Dvg$0lZtHIE63.vgD5gZDiY63XTJEziqiE8dPztMbkKLbYKXPOAlyLL.N82cojeRaGUZ93EVEgCe/0fCsjMIT.VOS0',
  },
  {
    software: 'mkpasswd 5.5.17',
    password: 'correct horse',
    stored:
      '$6$rounds=1000$t/2rAA1lhTVI1I8Z$BKpQ3YNvYgAVO31.ohMIR4mee1y3KhC4Bu8fUHAYEEEFGhsZJpGsI9RDxqAmvwC4.gtJFeLDbnjvZQm6kEUS31',
  },
  {
    software: 'mkpasswd 5.5.17',
    password: 'pässwörd ☃',
    stored:
      '$6$rounds=1000$6Dv67dGD7fVhIvnZ$wa7Yyr27qxmfRsp5fLWnQGQzQL.l333Ftn6sKfNrnaZREkYheTPJGgTzX9JNHWKJuwkYLvI35emqRHqfVeOC7/',
  },
  {
    software: 'openssl passwd 3.0.22',
    password: 'correct horse',
    stored: '$apr1$NlwCqEd2$AtMj7wooX8LH4fhbXDoKu1',
  },
  {
    software: 'openssl passwd 3.0.22',
    password: 'pässwörd ☃',
    stored: '$apr1$3/7E.1n6$MK5XpJfu9ADN79R4XucYy0',
  },
  {
    software: 'Apache htpasswd 2.4.71',
    password: 'correct horse',
    stored: '$apr1$GazPBSMT$5U30X8jKJwGVSA8ig3zwx1',
  },
  {
    software: 'Apache htpasswd 2.4.71',
    password: 'pässwörd ☃',
    stored: '$apr1$mh5/uVAC$qHcqvmV1aLedGSUVI9GQ4/',
  },
  { software: 'mkpasswd 5.5.17', password: 'correct horse', stored: '$1$J8obAsad$Mj2/1D6YaZIwol6Nr6UGO.' },
  { software: 'mkpasswd 5.5.17', password: 'pässwörd ☃', stored: '$1$AB6dWkuc$jCBTQ1hlMp9sDLX14UJNI1' },
  {
    software: 'openssl passwd 3.0.22',
    password: 'correct horse',
    stored: '$1$djFZPixp$MOufAzpHH3Q2uk122i8.i1',
  },
  { software: 'openssl passwd 3.0.22', password: 'pässwörd ☃', stored: '$1$.rSKdUeB$F/QoVbiFSRQJOtSUO8gUU/' },
  {
    software: 'Apache htpasswd 2.4.71',
    password: 'correct horse',
    stored: '{SHA}L55TUjtiq8FBorTWAZ0jy6g129A=',
  },
  { software: 'Apache htpasswd 2.4.71', password: 'pässwörd ☃', stored: '{SHA}re6L5VY4rugCnM1UaRmskpVI8UY=' },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'correct horse',
    stored: '{SHA}L55TUjtiq8FBorTWAZ0jy6g129A=',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'pässwörd ☃',
    stored: '{SHA}re6L5VY4rugCnM1UaRmskpVI8UY=',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'correct horse',
    stored: '{SSHA}SbXoyP9/hVFIDgSq6K1lYobUE9t+iI52',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'pässwörd ☃',
    stored: '{SSHA}4jpZ3dW+kwW1pqdIeQUKFg0D16hEDv6T',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: ' correct horse ',
    stored: '{SSHA}t6Qfp+UiobmkwHiXM/f5zZXKmHLf1Qkc',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'correct horse',
    stored: '{SHA256}QQTTb42iwlQ0n4WDZ5Pr4CngyVcGOjTJHC6SAxh7VjE=',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'pässwörd ☃',
    stored: '{SHA256}fhK8X0dpIEmgEujRFCL6OgrdA3YsSddfZ9Sw+5USx6Y=',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'correct horse',
    stored: '{SSHA256}gexJkrXeyPgMCduFbMf+1Mf/hqlRkU0HmTDH7zOxRin+CBTLUmIiIQ==',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'pässwörd ☃',
    stored: '{SSHA256}XG6m7czXjdHeTMLhVG+gIQSpEHaDLztL6d9leSzFjAFMHpL0QDeIcA==',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'correct horse',
    stored: '{SSHA384}LDTxgcn9E8xN2ZHveZRQz9f7kVECspK5dic2U11L02Y9uaoe2KB79KrSGzE/+WdH6fz9Sq/viSs=',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'pässwörd ☃',
    stored: '{SSHA384}TE8HUWQc32P143dD1ZVaYflZcOoTeM6Puy9X7ZHGX3NeIBgOjcOOI/o62RMZF/sDK0L64aLrdow=',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'correct horse',
    stored:
      '{SHA512}VraY3v7bWkNbY0r+MyC7rz/c2SC2xQOkRvx7endrKY1HnRumqLYXgI6wv1ec6aldZoNHvKtxSQhayTyyeZUZew==',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'pässwörd ☃',
    stored:
      '{SHA512}c6wjAseM9lvC85VfYgtcaAtqkmWf7r9os+rXdUcE+dS/VuYalDuU6ajzJ5qreuBo+qXj6fFLWC73WcvNC6toag==',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'correct horse',
    stored:
      '{SSHA512}EVkAZf+YE1GJKFHU3N9el5xsVmaKq0b8hfDsGAbVkCLKAukw4/c3PKJSNsQiZOUwzzhJhUL2NKBDMDSJwvFsquptxrjVlOss',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'pässwörd ☃',
    stored:
      '{SSHA512}BeQ+bJ4Ie1xZngoYkVoriSJv9tLHvL9rVBJm77MglCX5lHwDFfOA/6TKpZriZHRaNMPkSahu+4bPWUUlBEpFPKXk2YDA4Vg4',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'correct horse',
    stored:
      '{ARGON2}$argon2i$v=19$m=1024,t=2,p=1$rnZypRRbBu6nBes1XcPNJw$1QC/3ZweaQR59Tn5wMwc7ZYqZzGQqs1bj3m3d2CWoWg',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'pässwörd ☃',
    stored:
      '{ARGON2}$argon2i$v=19$m=1024,t=2,p=1$+POnMOIMcKVtZenvmQgRTg$rHFRaGomd3NLYvPPRLTvB1y91QgA/PRylj6EyXyZf6E',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'correct horse',
    stored:
      '{CRYPT}$6$rounds=1000$VrRgzlIu$B3uVQlN6a9RB8NF5XnJ8o1KPGpowDrSVyUmUoPMkaq5AVuLuIVG1SytXaXmuj1wwYRpSpMuAyoKYXvm7LQWQO0',
  },
  {
    software: 'OpenLDAP slappasswd 2.5.13',
    password: 'pässwörd ☃',
    stored:
      '{CRYPT}$6$rounds=1000$NFKFLC6e$H5Giu4Y6LbRrGr95uC.rqo6U0ONKQV9q76g467KrZL9Ut/In/kMB4HrjNOI4YJ7.UWvkg9TsOJ7vm4aD8UQ2b.',
  },
];
