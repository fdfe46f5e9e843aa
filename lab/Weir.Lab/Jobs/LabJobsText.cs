// SPDX-License-Identifier: Apache-2.0
namespace Weir.Lab.Jobs;

/// <summary>Jobs by name, for the option and for the truth.</summary>
public static class LabJobsText
{
    /// <summary>Such as late-command.</summary>
    public static string ToName(LabJobs jobs) => jobs switch
    {
        LabJobs.None => "none",
        LabJobs.Usual => "usual",
        LabJobs.LateCommand => "late-command",
        LabJobs.CampaignFirst => "campaign-first",
        LabJobs.PeersOnly => "peers-only",
        _ => "update-first",
    };

    /// <summary>Reads what <see cref="ToName"/> writes; null for anything else.</summary>
    public static LabJobs? Parse(string name) =>
        Enum.GetValues<LabJobs>().Cast<LabJobs?>().FirstOrDefault(jobs => ToName(jobs!.Value) == name);
}
