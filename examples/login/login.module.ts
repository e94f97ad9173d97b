import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { LoginController } from './login.controller.js';
import { LoginRequiredFilter } from './login-required.filter.js';
import { OIDC_SETTINGS, OidcLogin, type OidcSettings } from './oidc-login.js';

/** A login with OpenID Connect. */
@Module({})
export class LoginModule {
  static forRoot(settings: OidcSettings): DynamicModule {
    return {
      module: LoginModule,
      controllers: [LoginController],
      providers: [
        OidcLogin,
        { provide: OIDC_SETTINGS, useValue: settings },
        { provide: APP_FILTER, useClass: LoginRequiredFilter },
      ],
    };
  }
}
