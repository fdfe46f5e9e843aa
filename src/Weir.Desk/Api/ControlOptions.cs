// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Desk.Api;

/// <summary>The door for people's commands; the section <c>control</c>.</summary>
public sealed record ControlOptions : ISection
{
    [Setting("Unix socket of the API over which the other commands speak to `weir serve`; who acts is the user at its "
        + "other end.")]
    public string Socket { get; init; } = "/var/lib/weir/control.sock";

    public void Validate(SectionFaults faults) => faults.AddEmpty("socket", Socket);
}
