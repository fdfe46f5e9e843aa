// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Hosting.Browsers;
using Weir.Hosting.Configuration;

namespace Weir.Vault.Approving;

/// <summary>The page on which people approve by passkeys; the section <c>vault.approvals</c>.</summary>
public sealed record ApprovalPageOptions : ISection
{
    /// <summary>Before the number of what is approved.</summary>
    public const string Path = "/approve/";

    private const int Port = 8484;

    [Setting("Whether the vault serves it.")]
    public bool Enabled { get; init; }

    [Setting("Where it is served. Off this machine it takes a certificate, or stands behind the provider's TLS front "
        + "on this one.")]
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, Port);

    [Setting("PEM file of its certificate, with the chain. Read at the start.", Example = "/etc/weir/approvals.pem")]
    public string? Certificate { get; init; }

    [Setting("PEM file of the certificate's key, readable by the vault's user alone.",
        Example = "/etc/weir/approvals.key", IsSecretFile = true)]
    public string? Key { get; init; }

    [Setting("The address by which browsers reach it, with a host name of its own: passkeys are made for that name, "
        + "and for no other page's.", Example = "https://approve.example.net")]
    public Uri? Public { get; init; }

    [Setting("The console's address by which browsers reach it: after the second signature the page links there, where "
        + "it is carried out. No link without it.", Example = "https://weir.example.net:8483")]
    public Uri? Console { get; init; }

    /// <summary>Who its pages are; null where there are none.</summary>
    internal BrowserOrigin? Origin => Enabled && Public is { } address ? new(address) : null;

    /// <summary>Where something is approved; empty where nowhere.</summary>
    internal string AddressOf(string leave) => Origin is { } origin ? $"{origin.Name}{Path}{leave}" : "";

    public void Validate(SectionFaults faults)
    {
        if (!Enabled)
        {
            return;
        }

        if ((Certificate is null) != (Key is null))
        {
            faults.Add(Key is null ? "key" : "certificate",
                "is missing: certificate and key stand together; write both");
        }

        if (Certificate is null && !IPAddress.IsLoopback(Listen.Address))
        {
            faults.Add("listen", $"is {Listen}, and there is no certificate: what people sign may not be changed on its "
                + "way to them; write vault.approvals.certificate and key, or listen on 127.0.0.1 behind a TLS front");
        }

        if (Console is { } console && (console.Scheme is not ("https" or "http") || console.PathAndQuery != "/"
            || console.Fragment.Length > 0 || console.UserInfo.Length > 0))
        {
            faults.Add("console", $"is {console}; write scheme and host alone, as console.public has them");
        }

        if (Public is not { } address)
        {
            faults.Add("public", "is missing: passkeys are made for its host name; write the address that browsers "
                + "use, such as https://approve.example.net");
        }
        else if (address is { Scheme: not "https", IsLoopback: false }
            && !address.Host.EndsWith(".localhost", StringComparison.Ordinal))
        {
            faults.Add("public", $"is {address}: browsers ask passkeys over TLS alone; write https://");
        }
        else if (address.HostNameType != UriHostNameType.Dns)
        {
            faults.Add("public", $"is {address}: passkeys are made for a host name, never for an address; write a name");
        }
        else if (address.PathAndQuery != "/" || address.Fragment.Length > 0 || address.UserInfo.Length > 0)
        {
            faults.Add("public", $"is {address}; write scheme and host alone: the page has a host name of its own");
        }
    }
}
