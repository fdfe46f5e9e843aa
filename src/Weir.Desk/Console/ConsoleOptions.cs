// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Desk.Sessions;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Desk.Console;

/// <summary>The console of the desk: where browsers reach it; the section <c>console</c>.</summary>
public sealed record ConsoleOptions : ISection
{
    private const int Port = 8483;

    [Setting("Whether the desk serves the console.")]
    public bool Enabled { get; init; }

    [Setting("Where it is served. Off this machine it takes a certificate, or stands behind the provider's TLS front "
        + "on this one.")]
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, Port);

    [Setting("PEM file of its certificate, with the chain. Read at the start.", Example = "/etc/weir/console.pem")]
    public string? Certificate { get; init; }

    [Setting("PEM file of the certificate's key, readable by the desk's user alone.",
        Example = "/etc/weir/console.key", IsSecretFile = true)]
    public string? Key { get; init; }

    [Setting("The address by which browsers reach it: links to sign in are made of it, and requests to any other host "
        + "are refused. That of `listen` on this machine unless set; outside the lab it is https.",
        Example = "https://weir.example.net")]
    public Uri? Public { get; init; }

    [Setting("Whether people may sign in with a password and a code of an authenticator (RFC 6238), which they set on "
        + "the page Me. Passkeys are the better way.")]
    public bool Passwords { get; init; }

    [Setting("TLS fronts before it, whose word of a client's address (X-Forwarded-For, its last entry) is believed; of "
        + "nobody else, and nobody is believed unless set. Limits count the client then, and not the front.",
        Example = "127.0.0.1")]
    public IReadOnlyList<Prefix> Fronts { get; init; } = [];

    [Setting("The provider's own identity service, by which people sign in.")]
    public OidcOptions Oidc { get; init; } = new();

    /// <summary>Scheme, host and port of every page.</summary>
    internal Uri Address => Public ?? new UriBuilder(
        Certificate is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps, "localhost", Listen.Port).Uri;

    public void Validate(SectionFaults faults)
    {
        if (!Enabled)
        {
            return;
        }

        if ((Certificate is null) != (Key is null))
        {
            faults.Add(Key is null ? "key"
                : "certificate", "is missing: certificate and key stand together; write both");
        }

        if (Certificate is null && !IPAddress.IsLoopback(Listen.Address))
        {
            faults.Add("listen",
                $"is {Listen}, and there is no certificate: sessions may not go over the network in clear; "
                + "write console.certificate and console.key, or listen on 127.0.0.1 behind a TLS front");
        }

        if (Public is null && !IPAddress.IsLoopback(Listen.Address))
        {
            faults.Add("public",
                "is missing: links to sign in are made of it; write the address that browsers use, such as "
                + "https://weir.example.net");
        }
        else if (Public is { Scheme: "http", IsLoopback: false })
        {
            faults.Add("public", $"is {Public}: a session may not go over the network in clear; write https://");
        }
        else if (Public is { } address
            && (address.PathAndQuery != "/" || address.Fragment.Length > 0 || address.UserInfo.Length > 0))
        {
            faults.Add("public", $"is {address}; write scheme and host alone: the console has a host name of its own");
        }
    }
}
