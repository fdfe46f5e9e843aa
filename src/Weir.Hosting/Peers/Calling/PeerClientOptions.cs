// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Peers.Certificates;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Peers.Calling;

/// <summary>Where another process is and how it is known.</summary>
public sealed record PeerClientOptions
{
    /// <summary>What messages call it, such as <c>desk</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens.</summary>
    public required PeerAddress Address { get; init; }

    /// <summary>For a Unix socket: the user, by name or number, who must listen on it.</summary>
    public string? User { get; init; }

    /// <summary>For TLS: this process's certificate, and what the other must be.</summary>
    public PeerClientTlsOptions? Tls { get; init; }

    /// <summary>How long a call may take unless it says otherwise. Default 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most octets of a JSON answer. Default 16 MiB.</summary>
    public int MaxAnswerOctets { get; init; } = 16 << 20;

    /// <summary>Version of the schema that is spoken.</summary>
    public int Schema { get; init; } = PeerSchema.Current;

    /// <summary>The setting that names its user, for messages.</summary>
    internal string UserSetting => Name == "vault" ? "vault.user" : $"processes.{Name}.user";

    /// <summary>Sentences for the operator, one for each fault: the thing, the place, the fix.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> faults = [];
        if (Address.IsUnix && (User is null || OsUsers.UserId(User) is null))
        {
            faults.Add(User is null
                ? $"{UserSetting}: say which user must listen on {Address}"
                : $"{UserSetting}: there is no user {User}; make it (useradd --system {User}), or correct the setting");
        }

        if (Address.IsTls && Tls is null)
        {
            faults.Add($"{Name}: {Address} needs a certificate, a key and an authority");
        }

        return faults;
    }
}

/// <summary>A connection to another machine.</summary>
/// <param name="Credentials">What this process shows, and whom it believes.</param>
/// <param name="Role">What the other side's certificate must say it is.</param>
/// <param name="Name">Which one of them; null for any.</param>
public sealed record PeerClientTlsOptions(PeerCredentials Credentials, string Role, string? Name = null);
