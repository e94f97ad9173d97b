import { type DynamicModule, Module } from '@nestjs/common';
import { Login } from '../auth/user.js';
import { CustomersModule } from '../customers/customers.module.js';
import { LoginController } from './login.controller.js';
import { OIDC_SETTINGS, OidcLogin, type OidcSettings } from './oidc-login.js';
import { SessionLogin } from './session-login.js';

/** A login with OpenID Connect. */
@Module({})
export class LoginModule {
  static forRoot(settings: OidcSettings): DynamicModule {
    return {
      module: LoginModule,
      global: true, // so that the guard finds `Login`
      imports: [CustomersModule],
      controllers: [LoginController],
      providers: [
        OidcLogin,
        { provide: OIDC_SETTINGS, useValue: settings },
        { provide: Login, useClass: SessionLogin },
      ],
      exports: [Login],
    };
  }
}
