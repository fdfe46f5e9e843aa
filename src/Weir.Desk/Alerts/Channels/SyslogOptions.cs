// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Channels;

namespace Weir.Desk.Alerts.Channels;

/// <summary>How a message of syslog travels.</summary>
public enum SyslogTransport : byte
{
    /// <summary>RFC 5426: nobody says whether it came.</summary>
    Udp = 0,

    /// <summary>RFC 6587, counted octets.</summary>
    Tcp,

    /// <summary>RFC 5425.</summary>
    Tls,
}

/// <summary>What the message itself is.</summary>
public enum SyslogFormat : byte
{
    /// <summary>A sentence, with all fields as structured data.</summary>
    Structured = 0,

    /// <summary>Common Event Format, as SIEMs read it.</summary>
    Cef,
}

/// <summary>A collector of syslog.</summary>
public sealed record SyslogOptions
{
    public required string Host { get; init; }

    /// <summary>514 by UDP and TCP, 6514 by TLS.</summary>
    public int Port { get; init; } = 514;

    public SyslogTransport Way { get; init; } = SyslogTransport.Udp;

    public SyslogFormat Form { get; init; } = SyslogFormat.Structured;

    /// <summary>RFC 5424 section 6.2.1, 0 to 23; 16 = local0.</summary>
    public int Facility { get; init; } = 16;

    /// <summary>Enterprise number of the structured data's name (RFC 5424 section 7.2.2); 32473 is the one for
    /// examples (RFC 5612).</summary>
    public int Enterprise { get; init; } = 32473;

    /// <summary>Null = this machine's.</summary>
    public string? HostName { get; init; }

    /// <summary>As CEF tells it.</summary>
    public string Version { get; init; } = "1";

    public TlsTrust Trust { get; init; } = new();

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    internal string Place => FormattableString.Invariant($"{Host}:{Port}");
}
