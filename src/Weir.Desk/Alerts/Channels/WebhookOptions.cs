// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Channels;

namespace Weir.Desk.Alerts.Channels;

/// <summary>A web address that JSON is posted to.</summary>
public sealed record WebhookOptions
{
    /// <summary>HTTPS, unless it is on this machine or <see cref="AllowClear"/> is set.</summary>
    public required Uri Address { get; init; }

    /// <summary>Key of the signature, at least 32 octets, shared with who receives. Null = unsigned.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Lets HTTP leave this machine.</summary>
    public bool AllowClear { get; init; }

    /// <summary>What the body is to look like; null = as it comes.</summary>
    public JsonTemplate? Template { get; init; }

    public TlsTrust Trust { get; init; } = new();

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Who receives.</summary>
    internal string Place => Address.GetLeftPart(UriPartial.Authority);

    internal bool IsClear => Address.Scheme != Uri.UriSchemeHttps && !Address.IsLoopback && !AllowClear;
}
