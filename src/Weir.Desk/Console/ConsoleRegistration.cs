// SPDX-License-Identifier: Apache-2.0
//
// The people's door for browsers, beside the API's socket: it opens after it, since its links come from there.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Approvals;
using Weir.Desk.Api;
using Weir.Desk.Console.Serving;
using Weir.Desk.Console.Words;
using Weir.Desk.Sessions;
using Weir.Hosting.Posix;
using Weir.Hosting.Running;

namespace Weir.Desk.Console;

/// <summary>Puts the console into the desk's host.</summary>
internal static class ConsoleRegistration
{
    /// <summary>The way in, which the API's routes give; nothing where the console is off.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Where browsers reach it.</param>
    /// <param name="people">Whose passkeys sign in.</param>
    /// <param name="folder">Of the desk's records.</param>
    public static IServiceCollection AddConsoleSignIn(
        this IServiceCollection services, ConsoleOptions options, CurrentPeople people, string folder) =>
        options.Enabled
            ? services.AddSingleton(provider =>
            {
                var time = provider.GetRequiredService<TimeProvider>();
                return new ConsoleSignIn(options.Address, time, OsUsers.UserId)
                {
                    Passkeys = new(people, new(Path.Combine(folder, "passkeys", "counters.json")), time),
                    Passwords = options.Passwords
                        ? new(Path.Combine(folder, "passwords.json"), time, OsUsers.UserId) : null,
                };
            })
            : services;

    /// <summary>The listener; nothing where the console is off.</summary>
    public static IServiceCollection AddConsole(this IServiceCollection services, ConsoleOptions options) =>
        options.Enabled
            ? services.AddDeferred(provider => new Listener(
                options, DependenciesOf(options, provider.GetRequiredService<ApiDependencies>(),
                    provider.GetRequiredService<ILoggerFactory>()),
                provider.GetRequiredService<ILoggerFactory>()))
            : services;

    /// <summary>What the console stands on: the API without its socket.</summary>
    internal static ConsoleDependencies DependenciesOf(ConsoleOptions options, ApiDependencies api,
        ILoggerFactory logs) => new()
    {
        SignIn = api.SignIn
            ?? throw new InvalidOperationException("the console has no way in: AddConsoleSignIn comes first"),
        Api = ApiServer.Local(api, logs),
        Callers = api.Callers,
        Words = WordCatalogue.Read(),
        Routes = ConsoleRouteTable.Create(),
        Assets = new(),
        Origin = new(options.Address),
        Oidc = options.Oidc.Authority?.Host ?? "",
        Book = new(api.Audit, api.Repeated ?? new(api.Audit, api.Time)),
        Time = api.Time,
        Log = logs.CreateLogger<ConsoleDoor>(),
    };

    private sealed class Listener(ConsoleOptions options, ConsoleDependencies parts, ILoggerFactory logs)
        : IHostedService
    {
        private ConsoleServer? _server;

        public async Task StartAsync(CancellationToken cancellationToken) =>
            _server = await ConsoleServer.StartAsync(options, parts, logs);

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }
        }
    }
}
