// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Channels;

/// <summary>Whether and when the way is encrypted.</summary>
public enum SmtpSecurity : byte
{
    /// <summary>Asked for before anything is said (RFC 3207); a station that does not offer it gets nothing.</summary>
    StartTls = 0,

    /// <summary>From the first octet (RFC 8314).</summary>
    Tls,

    /// <summary>In clear: for a station on this machine.</summary>
    None,
}

/// <summary>The next station for mail.</summary>
public sealed record SmtpOptions
{
    /// <summary>Name or address; a certificate is checked against it.</summary>
    public required string Host { get; init; }

    /// <summary>587 for submission, 465 for TLS from the start, 25 for a relay.</summary>
    public int Port { get; init; } = 587;

    public SmtpSecurity Security { get; init; } = SmtpSecurity.StartTls;

    /// <summary>Null where none is asked for.</summary>
    public string? User { get; init; }

    /// <summary>First line = the password. Read at every mail, so that a change needs no restart.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Lets user and password be said in clear. Only together with
    /// <see cref="SmtpSecurity.None"/> of any use.</summary>
    public bool AuthInClear { get; init; }

    /// <summary>Name said in EHLO; null = this machine's.</summary>
    public string? HelloName { get; init; }

    public TlsTrust Trust { get; init; } = new();

    /// <summary>Address that failures are reported to (RFC 5321 section 4.5.5); null = the sender's,
    /// empty = nobody.</summary>
    public string? ReturnPath { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For each reply (RFC 5321 section 4.5.3.2).</summary>
    public TimeSpan ReplyTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For the reply to the whole mail: who gives up early sends it twice.</summary>
    public TimeSpan LastReplyTimeout { get; init; } = TimeSpan.FromMinutes(10);

    internal string Place => FormattableString.Invariant($"{Host}:{Port}");
}
