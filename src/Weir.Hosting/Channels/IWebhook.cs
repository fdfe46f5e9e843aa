// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Channels;

/// <summary>A web address that JSON is posted to.</summary>
public interface IWebhook
{
    /// <summary>HTTPS, unless it is on this machine or <see cref="AllowClear"/> is set.</summary>
    Uri? Address { get; }

    /// <summary>Key of the signature, at least 32 octets, shared with who receives. Null = unsigned.</summary>
    string? KeyFile { get; }

    /// <summary>Lets HTTP leave this machine.</summary>
    bool AllowClear => false;

    /// <summary>What the body is to look like; null = as it comes.</summary>
    JsonTemplate? Template => null;

    /// <summary>PEM file of the authorities believed in place of the system's; null for those.</summary>
    string? CaFile { get; }

    /// <summary>How long one try may take.</summary>
    TimeSpan Timeout => TimeSpan.FromSeconds(30);
}
