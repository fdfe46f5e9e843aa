// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Desk.Sessions;

/// <summary>The provider's own identity service, by which people sign in at the console; the section
/// <c>console.oidc</c>.</summary>
public sealed record OidcOptions : ISection
{
    [Setting("Address of the identity service (OpenID Connect), as it names itself. Nobody signs in by one unless set.",
        Example = "https://login.example.net/realms/staff")]
    public Uri? Authority { get; init; }

    [Setting("What it calls this console.")]
    public string ClientId { get; init; } = "weir";

    [Setting("File with the secret that it gave this console, readable by the desk's user alone. Read at the start.",
        Example = "/etc/weir/oidc.secret", IsSecretFile = true)]
    public string? SecretFile { get; init; }

    [Setting("PEM file of the authorities that its certificate may come from, in place of the system's.",
        Example = "/etc/weir/login-ca.pem")]
    public string? CaFile { get; init; }

    [Setting("Which of its claims says who somebody is: what stands in `oidc` of a person in the governance.")]
    public string Claim { get; init; } = "sub";

    public void Validate(SectionFaults faults)
    {
        if (Authority is not { } address)
        {
            return;
        }

        if (address is { Scheme: not "https", IsLoopback: false })
        {
            faults.Add("authority", $"is {address}: who says who somebody is may not be heard in clear; write https://");
        }

        if (SecretFile is null)
        {
            faults.Add("secret-file", "is missing: the identity service gives this console a secret; name its file");
        }

        faults.AddMissing("ca-file", CaFile);
        faults.AddEmpty("client-id", ClientId);
        faults.AddEmpty("claim", Claim);
    }
}
