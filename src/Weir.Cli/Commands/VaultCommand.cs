// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Cli.Configuring;
using Weir.Cli.Processes;
using Weir.Cli.Serving;
using Weir.Hosting.Auditing;
using Weir.Hosting.Metrics;
using Weir.Hosting.Posix;
using Weir.Vault;
using Weir.Vault.Identity.Records;

namespace Weir.Cli.Commands;

/// <summary><c>weir vault</c>: the process that holds the keys.</summary>
internal static class VaultCommand
{
    public static Command Create()
    {
        var config = ConfigOption.Create();
        var command = new Command(
            "vault",
            """
            Hold the epoch keys, the sealed subjects of cases and who had which address, and answer over a Unix socket until SIGTERM or SIGINT. Runs as a user of its own.

            Example: weir vault --config /etc/weir/vault.yaml
            """) { config };
        command.SetAction(async (arguments, cancel) =>
        {
            var file = arguments.GetRequiredValue(config);
            var reading = ConfigurationReader.ReadFile(file);
            ConfigOption.WriteFaults(reading, file, arguments.InvocationConfiguration.Error);
            return reading.IsSound ? await RunAsync(reading.Value, cancel) : ConfigOption.BadConfiguration;
        });
        command.Add(VaultSubjectCommand.Create());
        command.Add(VaultConsentCommand.Create());
        return command;
    }

    private static async Task<int> RunAsync(WeirConfiguration settings, CancellationToken cancel)
    {
        if (settings.Vault.Socket is null)
        {
            throw new OperatorException("vault.socket is not set, so nobody could ask the vault; name a path such "
                + "as /run/weir-vault/vault.sock");
        }

        try
        {
            OwnProcess.KeepSecret();
            using var host = Host(settings);
            await host.StartAsync(cancel);
            var life = host.Services.GetRequiredService<IHostApplicationLifetime>();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, life.ApplicationStopping);
            await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await host.StopAsync(CancellationToken.None);
            return cancel.IsCancellationRequested ? ExitCode.Done : ExitCode.Failed;
        }
        catch (Exception refused) when (refused is InvalidDataException or IdentityException)
        {
            throw new OperatorException(refused.Message);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or AuditException)
        {
            throw new OperatorException(refused.Message, ExitCode.Failed);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
    }

    private static IHost Host(WeirConfiguration settings) => new HostBuilder()
        .ConfigureHostOptions(options => options.ShutdownTimeout = TimeSpan.FromMinutes(1))
        .ConfigureLogging(logs => logs.AddPlainConsole())
        .ConfigureServices(services => services.AddVaultProcess(VaultMapping.Options(
            settings, PolicyRules.Of(settings), TimeProvider.System)))
        .Build();
}
