// SPDX-License-Identifier: Apache-2.0
//
// What `weir vault` runs: the keeper behind HTTP on a Unix socket, for the users named and nobody else. One process a
// folder. At the start and every minute keys that are due are erased.
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Networks;
using Weir.Hosting.Auditing;
using Weir.Hosting.Files;
using Weir.Vault.Gardening;
using Weir.Vault.Gardening.Radius;
using Weir.Vault.Identity.Tables;
using Weir.Vault.Keys;
using Weir.Vault.Notifying;
using Weir.Vault.Subjects;

namespace Weir.Vault.Serving;

/// <summary>What the vault's surroundings give it.</summary>
/// <param name="Identity">Who had an address when.</param>
/// <param name="Audit">The vault's own record, opened in the vault's folder.</param>
/// <param name="Records">The desk's records, for the subject's view.</param>
/// <param name="IdentityOctets">Octets that the store of identity takes; null for none.</param>
/// <param name="Beside">Runs as long as the vault does, such as the sources of identity; null for nothing.</param>
/// <param name="Notices">How customers are told; null for not at all.</param>
public sealed record VaultServerDependencies(
    IIdentity Identity, IAuditLog Audit, ISubjectRecords Records, Func<CancellationToken, Task>? Beside = null,
    Func<long>? IdentityOctets = null, NoticeDeliveryDependencies? Notices = null)
{
    /// <summary>How lines get into gardens; null where they do not.</summary>
    public WalledGardenDependencies? Garden { get; init; }
}

/// <summary>The vault's process. The constructor is inert; <see cref="RunAsync"/> does the work.</summary>
public sealed class VaultServer(VaultOptions options, TimeProvider time, ILoggerFactory logs)
{
    public const int LongestSocketPath = 107;

    private static readonly TimeSpan ErasePeriod = TimeSpan.FromMinutes(1);

    private readonly ILogger _log = logs.CreateLogger<VaultServer>();

    /// <summary>Answers until <paramref name="cancel"/>.</summary>
    /// <param name="open">Opens the surroundings, once the folder is this process's alone.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="InvalidDataException">The configuration or the folder does not allow a start; the message says
    /// what and the mend.</exception>
    /// <exception cref="IOException">The socket or a file cannot be had.</exception>
    public async Task RunAsync(Func<string, VaultServerDependencies> open, CancellationToken cancel)
    {
        if (OsUsers.Own == 0 && !options.AllowRoot)
        {
            throw new InvalidDataException("weir vault runs as a user of its own, never as root: whoever has the "
                + "collector's user must not have the vault's files. Make one (useradd --system weir-vault), or set "
                + "vault.allow-root for a trial on one machine");
        }

        if (System.Text.Encoding.UTF8.GetByteCount(options.Socket) > LongestSocketPath)
        {
            throw new InvalidDataException($"vault.socket: the path '{options.Socket}' is longer than "
                + $"{LongestSocketPath} octets; choose a shorter one");
        }

        var users = PeerRights.FromUsers(options.Users);
        KeyFile.Folder(options.Folder);
        await using var only = Lock();
        var surroundings = open(options.Folder);
        var parts = VaultDependencies.Open(
            options.Folder, options.Networks, surroundings.Identity, surroundings.Audit,
            surroundings.Records, time) with
        {
            IdentityOctets = surroundings.IdentityOctets ?? (() => 0),
            Notices = surroundings.Notices
        };
        parts = parts with { Gardens = Gardens(parts, surroundings.Garden) };
        _ = parts.Keys.GetKey(Weir.Contracts.Networks.Epochs.At(time.GetUtcNow()));
        await EraseAsync(parts, cancel);
        File.Delete(options.Socket);
        using var requests = new VaultRequestHandler(parts, users, time, logs.CreateLogger<VaultRequestHandler>());
        await using var app = Build(requests);
        try
        {
            await app.StartAsync(cancel);
        }
        catch (SocketException refused)
        {
            throw new IOException($"vault.socket: {options.Socket} cannot be opened: {refused.Message}; its folder "
                + "must be there and be this user's", refused);
        }

        OpenToGroup();
        var own = OsUsers.NameOf(OsUsers.Own);
        var others = string.Join(", ", options.Users.Keys.Except([own]).DefaultIfEmpty("none"));
        _log.Ready(options.Socket, own, others);
        await AnswerAsync(parts, surroundings, cancel);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
        await app.StopAsync(patience.Token);
        await requests.SettleAsync(TimeSpan.FromSeconds(30));
        File.Delete(options.Socket);
    }

    /// <summary>Until told to stop, or until what runs beside fails: a vault that learns no leases any more must
    /// not look well.</summary>
    private async Task AnswerAsync(
        VaultDependencies parts, VaultServerDependencies surroundings, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        List<Task> running = [UntilAsync(parts, stop.Token)];
        foreach (var run in (Func<CancellationToken, Task>?[])[
            surroundings.Beside, parts.Gardens is { } gardens ? gardens.RunAsync : null])
        {
            if (run is not null)
            {
                running.Add(run(stop.Token));
            }
        }

        _ = await Task.WhenAny(running);
        await stop.CancelAsync();
        await Task.WhenAll(running);
    }

    private async Task UntilAsync(VaultDependencies parts, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(ErasePeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                await EraseAsync(parts, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    /// <summary>Erases keys that are due. A failure is told and tried again a minute later; meanwhile the key is
    /// refused by its date.</summary>
    private async Task EraseAsync(VaultDependencies parts, CancellationToken cancel)
    {
        try
        {
            foreach (var epoch in parts.Keys.Erase())
            {
                await parts.Audit.AppendAsync(new AuditEntry
                {
                    Actor = "weir",
                    Role = "machine",
                    Act = AuditActions.KeyErased,
                    Outcome = AuditActions.Allow,
                    Reason = $"epoch {epoch}"
                }, cancel);
                _log.KeyErased(epoch);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or AuditException)
        {
            _log.NotErased(failure.Message);
        }
    }

    private WalledGardenController? Gardens(VaultDependencies parts, WalledGardenDependencies? garden)
    {
        if (garden is null)
        {
            return null;
        }

        var counts = new WalledGardenCounts();
        var log = logs.CreateLogger<WalledGardenController>();
        IEnforcementBackend way = garden.Options.Script is { } script
            ? new ScriptEnforcementBackend(script, garden.Options.Patience, time)
            : new RadiusEnforcementBackend(garden.Options, counts, time, log);
        return new WalledGardenController(parts, way, garden.Identity.Sessions, counts, time, log);
    }

    private FileStream Lock()
    {
        var path = Path.Combine(options.Folder, "lock");
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = KeyFile.OwnerOnly
            });
        }
        catch (IOException taken)
        {
            throw new IOException(
                $"vault.dir: {options.Folder} is in use by another weir vault; stop that one or name another folder",
                taken);
        }
    }

    /// <summary>Members of the group may open the socket; whether they are answered is decided by their user.</summary>
    private void OpenToGroup()
    {
        if (options.Group is { } name)
        {
            OsUsers.ChangeGroup(options.Socket, OsUsers.GroupId(name)
                ?? throw new InvalidDataException(
                    $"vault.group: there is no group {name}; make it (groupadd --system {name})"));
        }

        File.SetUnixFileMode(options.Socket, KeyFile.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
    }

    private WebApplication Build(VaultRequestHandler requests)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(options.Socket);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Limits.MaxConcurrentConnections = 64;
        });
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.UseRouting();
        requests.Map(app);
        return app;
    }
}
