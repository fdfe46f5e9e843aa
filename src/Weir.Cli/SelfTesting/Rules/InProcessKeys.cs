// SPDX-License-Identifier: Apache-2.0
//
// Where collector, store and desk are one process, each still signs with a key of its own. With a vault beside, which
// must know the public halves, the keys are kept; without one they are made at the start and forgotten at the stop.
using Weir.Cli.Configuring;
using Weir.Contracts.Grounds;
using Weir.Contracts.Signing;
using Weir.Hosting.Files;
using Weir.Hosting.Sections;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>Keys of one process that is all of them.</summary>
internal sealed class InProcessKeys : IDisposable
{
    /// <summary>Folder of kept keys, inside <c>cases.dir</c>.</summary>
    public const string Folder = "event-keys";

    /// <summary>Keys for as long as this lives.</summary>
    public InProcessKeys()
        : this(SigningKey.Create(), SigningKey.Create())
    {
    }

    private InProcessKeys(SigningKey collector, SigningKey store)
    {
        (Collector, Store) = (collector, store);
        Ring = new PublicKeyRing(
            ScopeGrounds.Kinds,
            [
                (new("collector", "collector"), Collector.Public), (new("store", "store"), Store.Public),
                (new("vault", "vault"), Vault.Public),
            ]);
    }

    public SigningKey Collector { get; }

    public SigningKey Store { get; }

    /// <summary>For grants of the lab; a vault has its own.</summary>
    public SigningKey Vault { get; } = SigningKey.Create();

    public PublicKeyRing Ring { get; }

    /// <summary>The keys of a configuration: kept where a vault has to know them.</summary>
    /// <exception cref="OperatorException">They cannot be kept, or are damaged.</exception>
    public static InProcessKeys For(WeirConfiguration settings, ILoggerFactory logs)
    {
        if (settings.Vault.Socket is null || settings.Profile == Profile.Lab)
        {
            return new();
        }

        var folder = Path.Combine(Path.GetFullPath(settings.Cases.Dir), Folder);
        try
        {
            var keys = new InProcessKeys(Kept(folder, "collector"), Kept(folder, "store"));
            var log = logs.CreateLogger<InProcessKeys>();
            log.EventKey("collector", keys.Collector.Public);
            log.EventKey("store", keys.Store.Public);
            return keys;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new OperatorException($"cases.dir: {fault.Message}", ExitCode.Failed);
        }
    }

    public void Dispose()
    {
        Collector.Dispose();
        Store.Dispose();
        Vault.Dispose();
    }

    private static SigningKey Kept(string folder, string name)
    {
        var octets = KeyFile.Kept(Path.Combine(folder, $"{name}.key"), SigningKey.Octets, use: null);
        try
        {
            var key = SigningKey.TryImport(octets, out var read)
                ? read
                : throw new InvalidDataException($"{folder}/{name}.key is no Ed25519 key; restore it or remove it");
            File.WriteAllText(Path.Combine(folder, $"{name}.pub"), $"{key.Public}\n");
            return key;
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(octets);
        }
    }
}

/// <summary>Event id 9060.</summary>
internal static partial class InProcessKeysLog
{
    [LoggerMessage(EventId = 9060, Level = LogLevel.Information,
        Message = "events of the {Holder} are signed with {Key}; the vault knows it under vault.event-keys")]
    public static partial void EventKey(this ILogger log, string holder, PublicKey key);
}
