// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Hosting.Configuration;

namespace Weir.Desk.Api;

/// <summary>The door for people's commands and scripts; the section <c>control</c>.</summary>
public sealed record ControlOptions : ISection
{
    [Setting("Unix socket of the API over which the other commands speak to `weir serve`; who acts is the user at its "
        + "other end.")]
    public string Socket { get; init; } = "/var/lib/weir/control.sock";

    [Setting("Address and port at which scripts on other machines ask the API over TLS, by a token that `weir token "
        + "new` made. Nowhere unless set.", Example = "0.0.0.0:8485")]
    public IPEndPoint? Listen { get; init; }

    [Setting("PEM file of its certificate, with the chain. Read at the start.", Example = "/etc/weir/api.pem")]
    public string? Certificate { get; init; }

    [Setting("PEM file of the certificate's key, readable by the desk's user alone.", Example = "/etc/weir/api.key",
        IsSecretFile = true)]
    public string? Key { get; init; }

    public void Validate(SectionFaults faults)
    {
        faults.AddEmpty("socket", Socket);
        if (Listen is not null && (Certificate is null || Key is null))
        {
            faults.Add(Certificate is null ? "certificate" : "key", "is missing: a token may not go over the network "
                + "in clear; write control.certificate and control.key");
        }
    }
}
